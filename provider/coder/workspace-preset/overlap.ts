import { goQuote } from "../go/quote.ts";
import { goFields } from "../go/white-space.ts";

/**
 * Why schedules of prebuilds cannot stand beside each other: the first two that are for one hour, or one that cannot be compared.
 * Undefined for any that can, and always for a single one.
 *
 * A field is compared if it is `*` or numbers and ranges between commas. Steps, names and `?` are good schedules, but not here. The
 * minute and the time zone play no part.
 *
 * @param schedules each of five fields: minute, hour, day, month, weekday
 */
export function overlapProblem(schedules: readonly string[]): string | undefined {
  try {
    for (const [index, earlier] of schedules.entries())
      for (const later of schedules.slice(index + 1))
        if (overlap(fieldsOf(earlier), fieldsOf(later))) return `schedules overlap: ${earlier} and ${later}`;
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return `invalid schedule: ${error.message}`;
    throw error;
  }
}

interface Fields {
  readonly hour: string;
  readonly day: string;
  readonly month: string;
  readonly weekday: string;
}

function fieldsOf(schedule: string): Fields {
  const [, hour = "*", day = "*", month = "*", weekday = "*"] = goFields(schedule);
  return { hour, day, month, weekday };
}

/** In this order, and no further than needed: what does not matter any more may be anything. */
function overlap(one: Fields, other: Fields): boolean {
  return meet("month", 12, one.month, other.month) && daysMeet(one, other) && meet("hour", 23, one.hour, other.hour);
}

function daysMeet(one: Fields, other: Fields): boolean {
  const weekdays = () => meet("day", 6, one.weekday, other.weekday);
  const days = () => meet("day", 31, one.day, other.day);
  if (one.day === "*" || other.day === "*") return weekdays();
  if (one.weekday === "*" || other.weekday === "*") return days();
  // Both are read, so that neither may be what cannot be compared.
  const [byDay, byWeekday] = [days(), weekdays()];
  return byDay || byWeekday;
}

function meet(what: string, max: number, one: string, other: string): boolean {
  const [values, others] = [valuesOf(what, max, one), valuesOf(what, max, other)];
  return !values.isDisjointFrom(others);
}

function valuesOf(what: string, max: number, field: string): ReadonlySet<number> {
  const parts = field === "*" ? [`0-${max}`] : field.split(",");
  return new Set(parts.flatMap((part) => rangeOf(what, max, part)));
}

function rangeOf(what: string, max: number, part: string): number[] {
  const [, low = "", high = low] = /^([0-9]+)(?:-([0-9]+))?$/.exec(part.replaceAll("+", "")) ?? [];
  const [start, end] = [Number(low), Number(high)];
  if (low === "" || end > max || start > end)
    throw new SyntaxError(
      `invalid ${what} range: ${goQuote(part)} cannot be compared; beside another schedule write *, or numbers and ranges up to ${max}`,
    );
  return Array.from({ length: end - start + 1 }, (_, index) => start + index);
}
