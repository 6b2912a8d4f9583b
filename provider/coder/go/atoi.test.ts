import fc from "fast-check";
import { expect, test } from "vitest";
import { atoi, parseGoInt } from "./atoi.ts";

for (const { text, value } of [
  { text: "+5", value: 5n },
  { text: "-0", value: 0n },
  { text: "007", value: 7n },
  { text: "9223372036854775807", value: 9223372036854775807n },
  { text: "-9223372036854775808", value: -9223372036854775808n },
  { text: `${"0".repeat(50)}12`, value: 12n },
]) {
  test(`reads ${text}`, () => expect(parseGoInt(text)).toBe(value));
}

for (const text of ["", "+", "-", " 1", "1 ", "1_0", "1.0", "1e3", "0x1", "--1", "٣", "9223372036854775808", "-9223372036854775809"])
  test(`does not read ${JSON.stringify(text)}`, () => expect(parseGoInt(text)).toBeUndefined());

test("every integer of 64 bits is read with all its digits, and no other", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }), (value) => {
      const expected = BigInt.asIntN(64, value) === value ? value : undefined;
      return parseGoInt(String(value)) === expected;
    }),
  );
});

test("tells a number that is too large from what is none", () => {
  expect(() => atoi("9223372036854775808")).toThrow('strconv.Atoi: parsing "9223372036854775808": value out of range');
  expect(() => atoi('a"')).toThrow('strconv.Atoi: parsing "a\\"": invalid syntax');
  expect(atoi("-12")).toBe(-12n);
});
