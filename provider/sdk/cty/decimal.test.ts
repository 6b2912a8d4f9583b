import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalOf, exactDecimalOf, isWhole, parseDecimal, toNumber } from "./decimal.ts";

for (const [text, canonical] of [
  ["0", "0"],
  ["-0", "0"],
  ["-0.0", "0"],
  ["007", "7"],
  ["1.50", "1.5"],
  [".5", "0.5"],
  ["5.", "5"],
  ["1e3", "1000"],
  ["1.25E-3", "0.00125"],
  ["12345e-2", "123.45"],
  ["+4", "4"],
] as const) {
  test(`${text} is ${canonical}`, () => expect(parseDecimal(text)).toBe(canonical));
}

for (const text of ["", ".", "e1", "1e", "0x10", "1_000", "NaN", "Infinity", "1e999999999", " 1"]) {
  test(`refuses ${JSON.stringify(text)}`, () => expect(() => parseDecimal(text)).toThrow(SyntaxError));
}

test("a double is its shortest text, or all its digits, and either leads back to it", () => {
  expect(decimalOf(0.1)).toBe("0.1");
  expect(exactDecimalOf(0.1)).toBe("0.1000000000000000055511151231257827021181583404541015625");
  expect(exactDecimalOf(5e-324)).toHaveLength(1076);
  expect(() => decimalOf(Number.NaN)).toThrow(RangeError);
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      const positiveZero = value === 0 ? 0 : value;
      expect(toNumber(decimalOf(value))).toBe(positiveZero);
      expect(toNumber(exactDecimalOf(value))).toBe(positiveZero);
      expect(isWhole(decimalOf(value))).toBe(Number.isInteger(value));
    }),
  );
});

test("a million zeros before the last digit take no time to speak of", () => {
  const text = `0.${"0".repeat(1_000_000)}1`;
  expect(parseDecimal(text)).toBe(text);
});
