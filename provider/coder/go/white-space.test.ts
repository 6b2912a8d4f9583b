import { expect, test } from "vitest";
import { goFields, goTrim } from "./white-space.ts";

for (const [text, trimmed] of [
  ["", ""],
  [" \u0085\u3000\n", ""],
  ["a", "a"],
  ["\t a  a \u2003", "a  a"],
  ["\ufeffa ", "\ufeffa"],
] as const) {
  test(`of ${JSON.stringify(text)} Go leaves ${JSON.stringify(trimmed)}`, () => expect(goTrim(text)).toBe(trimmed));
}

test("trims a text in linear time, wherever its parts occur again", () => {
  const word = `${"a".repeat(1_000_000)}b`;
  expect(goTrim(`${" ".repeat(1_000_000)}${word}${" ".repeat(1_000_000)}`)).toBe(word);
  expect(goFields(`${word} ${word}`)).toHaveLength(2);
});
