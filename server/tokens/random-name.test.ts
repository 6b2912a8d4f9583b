import { expect, test } from "vitest";
import { randomTokenNames } from "./random-name.ts";
import { parseTokenWish } from "./token-request.ts";

function names(count: number, draw: () => number): string[] {
  return [...randomTokenNames(draw).take(count)];
}

test("a name is two words, the same for the same draw", () => {
  expect(names(1, () => 0)).toEqual(["amber-acorn"]);
  expect(names(1, () => 0.999_999)).toEqual(["young-willow"]);
});

test("when all words are taken there is a number behind them, longer and longer", () => {
  const found = names(20, () => 0.999_999_999_999_9);
  expect(new Set(found.slice(0, 4)).size).toBe(1);
  expect(found.slice(4, 6)).toEqual(["young-willow-9999", "young-willow-99999"]);
  expect(found.at(-1)).toMatch(/^young-willow-9{12}$/);
});

test("every name is one that a request could ask for", () => {
  for (const name of names(200, Math.random)) expect(parseTokenWish({ token_name: name }).name).toBe(name);
});
