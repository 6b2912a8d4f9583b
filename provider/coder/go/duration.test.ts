import fc from "fast-check";
import { expect, test } from "vitest";
import { parseGoDuration } from "./duration.ts";

const SECOND = 1_000_000_000n;

for (const [text, nanoseconds] of [
  ["0", 0n],
  ["-0", 0n],
  ["+5s", 5n * SECOND],
  ["-1.5h", -5_400n * SECOND],
  ["1h30m", 5_400n * SECOND],
  ["1m.5s", (60n * SECOND * 2n + SECOND) / 2n],
  ["5.s", 5n * SECOND],
  ["1us1\u00b5s1\u03bcs", 3_000n],
  ["0.3ns", 0n],
  ["007ms", 7_000_000n],
  ["9223372036854775807ns", 2n ** 63n - 1n],
  ["-9223372036854775808ns", -(2n ** 63n)],
  ["1s1s", 2n * SECOND],
] as const) {
  test(`${text} is ${nanoseconds} ns`, () => expect(parseGoDuration(text)).toBe(nanoseconds));
}

for (const [text, problem] of [
  ["", 'time: invalid duration ""'],
  ["-", 'time: invalid duration "-"'],
  ["s", 'time: invalid duration "s"'],
  [".s", 'time: invalid duration ".s"'],
  ["1h-5m", 'time: unknown unit "h-" in duration "1h-5m"'],
  ["3", 'time: missing unit in duration "3"'],
  ["1.2.3s", 'time: missing unit in duration "1.2.3s"'],
  ["1h30", 'time: missing unit in duration "1h30"'],
  ["1H", 'time: unknown unit "H" in duration "1H"'],
  ["1 h", 'time: unknown unit " h" in duration "1 h"'],
  ['1"\\\n\u00e9', 'time: unknown unit "\\"\\\\\\x0a\\xc3\\xa9" in duration "1\\"\\\\\\x0a\\xc3\\xa9"'],
  ["1toString", 'time: unknown unit "toString" in duration "1toString"'],
  ["9223372036854775808ns", 'time: invalid duration "9223372036854775808ns"'],
  ["2562048h", 'time: invalid duration "2562048h"'],
] as const) {
  test(`${JSON.stringify(text)} is none`, () => expect(() => parseGoDuration(text)).toThrow(new SyntaxError(problem)));
}

test("a duration is the sum of its parts", () => {
  const amount = fc.bigInt({ min: 0n, max: 10_000n });
  fc.assert(
    fc.property(fc.record({ h: amount, m: amount, s: amount, ms: amount }), ({ h, m, s, ms }) => {
      const sum = ((h * 60n + m) * 60n + s) * SECOND + ms * 1_000_000n;
      expect(parseGoDuration(`${h}h${m}m${s}s${ms}ms`)).toBe(sum);
      expect(parseGoDuration(`-${ms}ms${h}h${s}s${m}m`)).toBe(-sum);
    }),
  );
});

test("digits without end are read in stride", () => {
  const digits = "9".repeat(20_000_000);
  expect(parseGoDuration(`0.${digits}h`)).toBe(3_599_999_999_999n);
  expect(parseGoDuration(`${"0".repeat(20_000_000)}1s`)).toBe(SECOND);
  expect(() => parseGoDuration(`${digits}s`)).toThrow("invalid duration");
});
