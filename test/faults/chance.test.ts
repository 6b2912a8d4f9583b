import { expect, test } from "vitest";
import { chanceOf } from "./chance.ts";

const draws = (seed: number, name: string) => {
  const chance = chanceOf(seed, name);
  return Array.from({ length: 50 }, () => chance.next());
};

test("a seed and a name mean the same sequence again, and others mean another", () => {
  expect(draws(7, "fault")).toEqual(draws(7, "fault"));
  expect(draws(7, "fault")).not.toEqual(draws(8, "fault"));
  expect(draws(7, "fault")).not.toEqual(draws(7, "step"));
});

test("draws are spread evenly, also over the first draws of neighboring seeds", () => {
  const firsts = Array.from({ length: 2_000 }, (_, seed) => chanceOf(seed, "fault").next());
  for (let tenth = 0; tenth < 10; tenth++) {
    const inside = firsts.filter((draw) => draw >= tenth / 10 && draw < (tenth + 1) / 10).length;
    expect(inside).toBeGreaterThan(140);
    expect(inside).toBeLessThan(260);
  }
});

test("neighboring seeds do not draw alike", () => {
  const firsts = Array.from({ length: 2_000 }, (_, seed) => chanceOf(seed, "step").next());
  const near = firsts.filter((draw, seed) => Math.abs(draw - (firsts[seed + 1] ?? 2)) < 0.1).length;
  // Two independent draws are that near with a probability of 0.19.
  expect(near).toBeGreaterThan(320);
  expect(near).toBeLessThan(440);
});

test("weights say how often each key is chosen, and a key without one never is", () => {
  const chosen = { rare: 0, often: 0, never: 0 };
  for (let seed = 0; seed < 1_000; seed++) chosen[chanceOf(seed, "weights").weigh({ rare: 1, often: 9, never: 0 })]++;
  expect(chosen.never).toBe(0);
  expect(chosen.rare).toBeGreaterThan(60);
  expect(chosen.rare).toBeLessThan(140);
  expect(() => chanceOf(1, "none").weigh({ never: 0 })).toThrow(RangeError);
});

test("a pick is from the list, and there is none from an empty one", () => {
  const picked = new Set(Array.from({ length: 100 }, (_, seed) => chanceOf(seed, "pick").pick(["a", "b", "c"])));
  expect([...picked].toSorted()).toEqual(["a", "b", "c"]);
  expect(() => chanceOf(1, "pick").pick([])).toThrow(RangeError);
});
