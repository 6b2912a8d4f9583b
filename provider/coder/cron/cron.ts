import { parseGoDuration } from "../go/duration.ts";

import { locationProblem } from "../go/load-location.ts";
import { goFields, goTrim } from "../go/white-space.ts";
import { type Bounds, checkField } from "./field.ts";

/** Which fields a schedule has, and whether it may be one of the words that begin with `@`. */
export interface CronForm {
  readonly fields: readonly Bounds[];
  /** Whether the last field may be missing, which means any. */
  readonly lastIsOptional: boolean;
  readonly descriptors: boolean;
}

const SECOND: Bounds = { min: 0, max: 59 };
const MINUTE: Bounds = { min: 0, max: 59 };
const HOUR: Bounds = { min: 0, max: 23 };
const DAY: Bounds = { min: 1, max: 31 };
const MONTH: Bounds = { min: 1, max: 12, names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] };
/** Starts with Sunday. The 7 that other programs accept for Sunday is not valid. */
const WEEKDAY: Bounds = { min: 0, max: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/** Second, minute, hour, day, month, and the weekday or not. */
export const WITH_SECONDS: CronForm = { fields: [SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY], lastIsOptional: true, descriptors: true };

/** Minute, hour, day, month, and the weekday or not. */
export const WITHOUT_SECONDS: CronForm = { fields: [MINUTE, HOUR, DAY, MONTH, WEEKDAY], lastIsOptional: true, descriptors: true };

/** Minute, hour, day, month and weekday, and nothing else. */
export const FIVE_FIELDS: CronForm = { fields: WITHOUT_SECONDS.fields, lastIsOptional: false, descriptors: false };

const DESCRIPTORS: ReadonlySet<string> = new Set(["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]);

const EVERY = "@every ";

/**
 * What is wrong with a schedule, in the words of the Go library `robfig/cron` (version 3); undefined if it is valid.
 *
 * A schedule consists of fields separated by white space or, if the form has descriptors, a word such as `@daily` or `@every 1h30m`. It
 * may be preceded by `TZ=` or `CRON_TZ=`, the name of a time zone, and a space.
 */
export function cronProblem(schedule: string, form: CronForm): string | undefined {
  try {
    checkCron(schedule, form);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function checkCron(schedule: string, form: CronForm): void {
  if (schedule === "") throw new SyntaxError("empty spec string");
  const times = withoutZone(schedule);
  if (times.startsWith("@")) checkDescriptor(times, form);
  else checkFields(goFields(times), form);
}

function withoutZone(schedule: string): string {
  const [prefix] = /^(?:CRON_)?TZ=/.exec(schedule) ?? [];
  if (prefix === undefined) return schedule;
  const end = schedule.indexOf(" ");
  if (end === -1) throw new SyntaxError(`no space after the time zone: ${schedule}`);
  const zone = schedule.slice(prefix.length, end);
  const problem = locationProblem(zone);
  if (problem !== undefined) throw new SyntaxError(`provided bad location ${zone}: ${problem}`);
  return goTrim(schedule.slice(end));
}

function checkDescriptor(descriptor: string, form: CronForm): void {
  if (!form.descriptors) throw new SyntaxError(`parser does not accept descriptors: ${descriptor}`);
  if (DESCRIPTORS.has(descriptor)) return;
  if (!descriptor.startsWith(EVERY)) throw new SyntaxError(`unrecognized descriptor: ${descriptor}`);
  try {
    parseGoDuration(descriptor.slice(EVERY.length));
  } catch (error) {
    throw new SyntaxError(`failed to parse duration ${descriptor}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function checkFields(fields: readonly string[], form: CronForm): void {
  const most = form.fields.length;
  const least = form.lastIsOptional ? most - 1 : most;
  if (fields.length < least || fields.length > most) {
    const expected = least === most ? `exactly ${most}` : `${least} to ${most}`;
    throw new SyntaxError(`expected ${expected} fields, found ${fields.length}: [${fields.join(" ")}]`);
  }
  for (const [index, bounds] of form.fields.entries()) checkField(fields[index] ?? "*", bounds);
}
