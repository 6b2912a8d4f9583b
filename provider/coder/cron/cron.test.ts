import fc from "fast-check";
import { expect, test } from "vitest";
import { cronProblem, FIVE_FIELDS, WITH_SECONDS, WITHOUT_SECONDS } from "./cron.ts";
import type { Bounds } from "./field.ts";

const FIELDS = WITH_SECONDS.fields;

for (const [schedule, problem] of [
  ["* * * * *"],
  ["*\u00a0* *\u2003* *"],
  ["+1 007 * * *"],
  ["* * * * *\ufeff", 'failed to parse int from *\ufeff: strconv.Atoi: parsing "*\\ufeff": invalid syntax'],
  ["* * * *", "expected exactly 5 fields, found 4: [* * * *]"],
  ["@daily", "parser does not accept descriptors: @daily"],
  ["TZ=UTC @daily", "parser does not accept descriptors: @daily"],
  ["TZ=UTC\t* * * * *", "provided bad location UTC\t*: unknown time zone UTC\t*"],
  ["TZ= * * * * *"],
  ["tz=UTC * * * * *", "expected exactly 5 fields, found 6: [tz=UTC * * * * *]"],
] as [string, string?][]) {
  test(`of five fields and nothing else: ${JSON.stringify(schedule)} is ${problem === undefined ? "good" : "refused"}`, () =>
    expect(cronProblem(schedule, FIVE_FIELDS)).toBe(problem));
}

test("what stands around a descriptor counts only after a time zone", () => {
  expect(cronProblem("TZ=UTC   @hourly ", WITHOUT_SECONDS)).toBeUndefined();
  expect(cronProblem("@hourly ", WITHOUT_SECONDS)).toBe("unrecognized descriptor: @hourly ");
  expect(cronProblem(" @hourly", WITHOUT_SECONDS)).toBe("expected 4 to 5 fields, found 1: [@hourly]");
  expect(cronProblem("@every  1h", WITHOUT_SECONDS)).toBe('failed to parse duration @every  1h: time: invalid duration " 1h"');
});

test("the first fault of the first bad field is told", () => {
  expect(cronProblem("61 62 * * *", FIVE_FIELDS)).toContain("(61)");
  expect(cronProblem("5,61,62 * * * *", FIVE_FIELDS)).toContain("(61)");
  expect(cronProblem("x-1-2/3/4 * * * *", FIVE_FIELDS)).toContain("parse int from x");
  expect(cronProblem("61-1-2/3/4 * * * *", FIVE_FIELDS)).toContain("too many hyphens");
  expect(cronProblem("61-1/3/4 * * * *", FIVE_FIELDS)).toContain("too many slashes");
  expect(cronProblem("61-1/0 * * * *", FIVE_FIELDS)).toContain("beyond end of range");
});

/** The values of a field, by looking at each that there is; undefined for a field that is none. */
function expand(field: string, { min, max, names = [] }: Bounds): ReadonlySet<number> | undefined {
  const all = Array.from({ length: max - min + 1 }, (_, index) => min + index);
  const find = (text: string | undefined) =>
    all.find((value) => text !== undefined && (text.toLowerCase() === names[value - min] || text.replace(/^0+(?=.)/, "") === `${value}`));
  const values = new Set<number>();
  for (const part of field.split(",").filter((text) => text !== "")) {
    const [, star, low, high, step] = /^(?:([*?])(?:-[^/]*)?|([^-/]+)(?:-([^-/]+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    const start = star === undefined ? find(low) : min;
    const end = star !== undefined || (high === undefined && step !== undefined) ? max : find(high ?? low);
    if (start === undefined || end === undefined || start > end || Number(step ?? 1) === 0) return undefined;
    for (const value of all) if (value >= start && value <= end && (value - start) % Number(step ?? 1) === 0) values.add(value);
  }
  return values;
}

test("the reference knows what a field means", () => {
  const hours = FIELDS[2] ?? { min: 0, max: 0 };
  expect(expand("1-5/2,20/3,,?-x/12", hours)).toEqual(new Set([1, 3, 5, 20, 23, 0, 12]));
  expect(expand("5-1", hours)).toBeUndefined();
});

test("a field is good if the reference can expand it, and only then", () => {
  const letters = fc.constantFrom(..."0123456789*?-/,", "10", "31", "59", "jan", "DEC", "Sun", "sat", "x");
  const texts = fc.array(letters, { minLength: 1, maxLength: 7 }).map((parts) => parts.join(""));
  let good = 0;
  fc.assert(
    fc.property(texts, fc.nat(FIELDS.length - 1), (text, at) => {
      const schedule = FIELDS.map((_, index) => (index === at ? text : "*")).join(" ");
      const bounds = FIELDS[at];
      const isGood = bounds !== undefined && expand(text, bounds) !== undefined;
      if (isGood) good++;
      expect(cronProblem(schedule, WITH_SECONDS) === undefined).toBe(isGood);
    }),
    { numRuns: 2_000 },
  );
  expect(good).toBeGreaterThan(100);
});

test("any text is good or refused in words", () => {
  const words = fc.constantFrom("TZ=", "CRON_TZ=UTC", "@every ", "@", "1h", " ", "*", "/", "-", ",", "9999999999999999999", "\u0000", "é");
  const texts = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.array(words, { maxLength: 12 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const form of [WITH_SECONDS, WITHOUT_SECONDS, FIVE_FIELDS]) expect(cronProblem(text, form)).not.toBe("");
    }),
    { numRuns: 500 },
  );
});
