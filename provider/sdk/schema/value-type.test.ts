import { expect, test } from "vitest";
import { parseDecimal } from "../cty/decimal.ts";
import { numberValue } from "../cty/value.ts";
import { bigint, fromCty, number, setOf, string, toCty } from "./value-type.ts";

for (const { text, value } of [
  { text: "9007199254740993", value: 9007199254740993n },
  { text: "-1e30", value: -1000000000000000000000000000000n },
  { text: "0", value: 0n },
]) {
  test(`an integer keeps the digits of ${text}, both ways`, () => {
    const number = numberValue(parseDecimal(text));
    expect(fromCty(bigint, number)).toBe(value);
    expect(toCty(bigint, value)).toEqual(number);
  });
}

test("of a fraction that nobody refused the whole part is left", () => {
  expect(fromCty(bigint, numberValue(parseDecimal("-2.75")))).toBe(-2n);
});

test("a number may be a fraction", () => {
  expect(fromCty(number, numberValue(parseDecimal("0.1")))).toBe(0.1);
  expect(toCty(number, 0.1)).toEqual(numberValue(parseDecimal("0.1")));
});

test("a set has each of its elements once", () => {
  const words = setOf(string);
  const given = toCty(words, ["b", "a", "b", null, null]);
  expect(given).toMatchObject({ kind: "set", items: [{ value: "b" }, { value: "a" }, { kind: "null" }] });
  expect(fromCty(words, given)).toEqual(["b", "a", null]);
});
