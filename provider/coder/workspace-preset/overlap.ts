import { goQuote } from "../go/quote.ts";
import { goFields } from "../go/white-space.ts";

/**
 * Why schedules of prebuilds conflict: the first two that cover the same hour, or one that cannot be compared. Undefined if they do not
 * conflict, and always for a single one.
 *
 * A field can be compared if it is `*` or a comma-separated list of numbers and ranges. Steps, names and `?` are valid in schedules, but
 * not here. The minute and the time zone do not matter.
 *
 * @param schedules each has five fields: minute, hour, day, month, weekday
 */
export function overlapProblem(schedules: readonly string[]): string | undefined {
  const all = schedules.map(parseSchedule);
  try {
    for (const [index, earlier] of all.entries())
      for (const later of all.slice(index + 1)) if (overlap(earlier, later)) return `schedules overlap: ${earlier.text} and ${later.text}`;
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return `invalid schedule: ${error.message}`;
    throw error;
  }
}

interface Schedule {
  readonly text: string;
  readonly hour: Field;
  readonly day: Field;
  readonly month: Field;
  readonly weekday: Field;
}

interface Field {
  readonly isAny: boolean;
  /** Bit n represents the number n. @throws SyntaxError if the field cannot be compared */
  values(): number;
}

function parseSchedule(text: string): Schedule {
  const [, hour = "*", day = "*", month = "*", weekday = "*"] = goFields(text);
  return {
    text,
    hour: parseField("hour", 23, hour),
    day: parseField("day", 31, day),
    month: parseField("month", 12, month),
    weekday: parseField("day", 6, weekday),
  };
}

/** Parses lazily, because irrelevant fields may contain anything, and only once, because many schedules form very many pairs. */
function parseField(what: string, max: number, text: string): Field {
  let values: number | undefined;
  return {
    isAny: text === "*",
    values: () => {
      values ??= text === "*" ? -1 : text.split(",").reduce((bits, part) => bits | bitsOf(what, max, part), 0);
      return values;
    },
  };
}

function bitsOf(what: string, max: number, part: string): number {
  const [, low = "", high = low] = /^([0-9]+)(?:-([0-9]+))?$/.exec(part.replaceAll("+", "")) ?? [];
  const [start, end] = [Number(low), Number(high)];
  if (low === "" || end > max || start > end)
    throw new SyntaxError(
      `invalid ${what} range: ${goQuote(part)} cannot be compared; beside another schedule write *, or numbers and ranges up to ${max}`,
    );
  return Array.from({ length: end - start + 1 }, (_, index) => 1 << (start + index)).reduce((bits, bit) => bits | bit);
}

function overlap(one: Schedule, other: Schedule): boolean {
  return meet(one.month, other.month) && daysMeet(one, other) && meet(one.hour, other.hour);
}

function daysMeet(one: Schedule, other: Schedule): boolean {
  if (one.day.isAny || other.day.isAny) return meet(one.weekday, other.weekday);
  if (one.weekday.isAny || other.weekday.isAny) return meet(one.day, other.day);
  // Both are parsed, so that an error in either is found.
  const [byDay, byWeekday] = [meet(one.day, other.day), meet(one.weekday, other.weekday)];
  return byDay || byWeekday;
}

function meet(one: Field, other: Field): boolean {
  const [values, others] = [one.values(), other.values()];
  return (values & others) !== 0;
}
