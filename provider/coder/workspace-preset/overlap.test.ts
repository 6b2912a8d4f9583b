import fc from "fast-check";
import { expect, test } from "vitest";
import { overlapProblem } from "./overlap.ts";

/** Of numbers that the field can hold, in the grammar that can be compared. */
function field(min: number, max: number): fc.Arbitrary<string> {
  const number = fc.integer({ min, max });
  const range = fc.tuple(number, number).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`);
  const part = fc.oneof(number.map(String), range);
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant("*") },
    { weight: 3, arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(",")) },
  );
}

const schedule = fc
  .tuple(field(0, 23), field(1, 31), field(1, 12), field(0, 6))
  .map(([hour, day, month, weekday]) => `* ${hour} ${day} ${month} ${weekday}`);

/** Looks at every number, one after the other. */
function share(one: string, other: string, max: number): boolean {
  const holds = (text: string, value: number) =>
    text === "*" ||
    text.split(",").some((part) => {
      const [low = "", high = low] = part.split("-");
      return Number(low) <= value && value <= Number(high);
    });
  return Array.from({ length: max + 1 }, (_, value) => value).some((value) => holds(one, value) && holds(other, value));
}

function overlaps(one: string, other: string): boolean {
  const [, hour = "", day = "", month = "", weekday = ""] = one.split(" ");
  const [, hour2 = "", day2 = "", month2 = "", weekday2 = ""] = other.split(" ");
  const byDay = share(day, day2, 31);
  const byWeekday = share(weekday, weekday2, 6);
  const dayIsOpen = day === "*" || day2 === "*";
  const weekdayIsOpen = weekday === "*" || weekday2 === "*";
  const meetsOnDay = dayIsOpen ? byWeekday : weekdayIsOpen ? byDay : byDay || byWeekday;
  return share(month, month2, 12) && meetsOnDay && share(hour, hour2, 23);
}

test("two schedules overlap if they share a month, a day and an hour", () => {
  let overlapping = 0;
  fc.assert(
    fc.property(schedule, schedule, (one, other) => {
      const expected = overlaps(one, other);
      if (expected) overlapping++;
      expect(overlapProblem([one, other])).toBe(expected ? `schedules overlap: ${one} and ${other}` : undefined);
      expect(overlapProblem([other, one]) === undefined).toBe(!expected);
    }),
    { numRuns: 1_000 },
  );
  expect(overlapping).toBeGreaterThan(100);
});

test("of several schedules the first pair is told, in their order", () => {
  fc.assert(
    fc.property(fc.array(schedule, { maxLength: 5 }), (schedules) => {
      const pairs = schedules.flatMap((one, index) => schedules.slice(index + 1).map((other) => [one, other] as const));
      const [one, other] = pairs.find(([one, other]) => overlaps(one, other)) ?? [];
      expect(overlapProblem(schedules)).toBe(one === undefined ? undefined : `schedules overlap: ${one} and ${other}`);
    }),
    { numRuns: 300 },
  );
});

test("one schedule overlaps itself, and nothing if it is alone", () => {
  fc.assert(
    fc.property(schedule, (one) => {
      expect(overlapProblem([one])).toBeUndefined();
      expect(overlapProblem([one, one])).toBe(`schedules overlap: ${one} and ${one}`);
    }),
  );
});

test("white space between the fields does not count", () => {
  expect(overlapProblem(["*  1 *\t* *", "* 1 * * *"])).toBe("schedules overlap: *  1 *\t* * and * 1 * * *");
});

test("numbers may have signs and zeros in front, as in the schedules that pass", () => {
  expect(overlapProblem(["* +5 * * *", "* 005 * * *"])).toBe("schedules overlap: * +5 * * * and * 005 * * *");
});

test("every hour of a month can have a schedule of its own", () => {
  const days = Array.from({ length: 31 }, (_, index) => index + 1);
  const schedules = days.flatMap((day) => Array.from({ length: 24 }, (_, hour) => `* ${hour} ${day} * *`));
  expect(overlapProblem(schedules)).toBeUndefined();
  expect(overlapProblem([...schedules, "* 23 31 1 *"])).toBe("schedules overlap: * 23 31 * * and * 23 31 1 *");
});
