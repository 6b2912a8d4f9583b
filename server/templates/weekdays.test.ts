import fc from "fast-check";
import { expect, test } from "vitest";
import { allowedDaysOf, bitsOf, blockedBitsOf, daysOf } from "./weekdays.ts";

const anyBits = fc.integer({ min: 0, max: 0b111_1111 });

test("bit 0 is Monday, and the last one Sunday", () => {
  expect([bitsOf(["monday"]), bitsOf(["sunday"]), bitsOf([])]).toEqual([1, 0b100_0000, 0]);
  expect(daysOf(0b100_0001)).toEqual(["monday", "sunday"]);
});

test("every set of days comes back as it was, and so does one of which the others are stored", () => {
  fc.assert(fc.property(anyBits, (bits) => bitsOf(daysOf(bits)) === bits && blockedBitsOf(allowedDaysOf(bits)) === bits));
});

test("a day is either blocked or allowed", () => {
  fc.assert(fc.property(anyBits, (bits) => daysOf(bits).length + allowedDaysOf(bits).length === 7));
  expect([allowedDaysOf(0).length, blockedBitsOf([])]).toEqual([7, 0b111_1111]);
});
