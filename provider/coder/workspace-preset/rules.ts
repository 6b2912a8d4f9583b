import { validator } from "../../sdk/schema/validators.ts";
import { cronProblem, FIVE_FIELDS } from "../cron/cron.ts";
import { locationProblem } from "../go/load-location.ts";
import { goQuote } from "../go/quote.ts";
import { goFields } from "../go/white-space.ts";

const HOUR_SECONDS = 3_600;
const YEAR_SECONDS = 365 * 24 * HOUR_SECONDS;

/** How long an unclaimed workspace may live: an hour to a year, or 0 for no limit. */
export const expiry = validator<number>((seconds, name) =>
  seconds === 0 || (seconds >= HOUR_SECONDS && seconds <= YEAR_SECONDS)
    ? undefined
    : `${goQuote(name)} must be 0 or between ${HOUR_SECONDS} and ${YEAR_SECONDS}, got ${seconds}`,
);

export const timezone = validator<string>((name) => {
  const problem = locationProblem(name);
  return problem === undefined ? undefined : `failed to load timezone ${goQuote(name)}: ${problem}`;
});

/** A schedule determines the hours in which it applies, so it has no minute. */
export const hourlySchedule = validator<string>((schedule) => {
  const [minute, ...others] = goFields(schedule);
  if (others.length !== 4) return "cron spec failed validation: cron specification should consist of 5 fields";
  if (minute !== "*") return "cron spec failed validation: minute field should be *";
  const problem = cronProblem(schedule, FIVE_FIELDS);
  return problem === undefined ? undefined : `failed to parse cron spec: ${problem}`;
});
