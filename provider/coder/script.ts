import { defaulted, optional, type Problem, required, type Validator } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import type { Input } from "../sdk/schema/typed.ts";
import { atLeast } from "../sdk/schema/validators.ts";
import { bool, int, string } from "../sdk/schema/value-type.ts";
import { resource } from "./configuration.ts";
import { cronProblem, WITH_SECONDS, WITHOUT_SECONDS } from "./cron/cron.ts";
import { goFields } from "./go/white-space.ts";
import { implicitId } from "./implicit-id.ts";

const scriptCron: Validator<string> = {
  check(value): readonly Problem[] {
    const problem = cronProblem(value, WITH_SECONDS);
    return [
      ...(looksLikeUnix(value) ? [unixWarning(value)] : []),
      ...(problem === undefined ? [] : [{ summary: `${value} is not a valid cron expression: ${problem}` }]),
    ];
  },
};

/** Five fields are valid here too, but mean a different schedule: they begin with the second, while elsewhere they begin with the minute. */
function looksLikeUnix(cron: string): boolean {
  return goFields(cron).length === 5 && cronProblem(cron, WITHOUT_SECONDS) === undefined;
}

function unixWarning(cron: string): Problem {
  return {
    severity: "warning",
    summary:
      `The cron expression '${cron}' appears to be in Unix 5-field format, but its first field is read as seconds. ` +
      `Consider prefixing with '0 ' to run at the start of each minute that matches: '0 ${cron}'`,
  };
}

const scriptSchema = block({
  description: "A script that an agent runs when it starts, when it stops, or on a schedule.",
  attributes: {
    id: implicitId,
    agent_id: required(string, { description: "The `id` of the agent that runs the script." }),
    display_name: required(string, { description: "What the dashboard calls the script, beside its logs." }),
    script: required(string, { description: "The text of the script." }),
    icon: optional(string, { description: "The URL of an icon for the dashboard, such as `/icon/terminal.svg`." }),
    log_path: optional(string, {
      description:
        "The file in the workspace that the script's output is written to. A relative path is one below the agent's log directory.",
    }),
    cron: optional(string, {
      description:
        "When to run it again and again: second, minute, hour, day, month and weekday (`0 30 9 * * 1-5` is half past nine on workdays), " +
        "or a word such as `@hourly` or `@every 90s`. Other programs' five fields lack the second: put `0` before them.",
      validate: [scriptCron],
    }),
    run_on_start: defaulted(bool, false, { description: "Whether it runs when the agent starts." }),
    run_on_stop: defaulted(bool, false, { description: "Whether it runs when the agent stops. The stop waits for it to end." }),
    start_blocks_login: defaulted(bool, false, {
      description: "Whether logins wait until it has ended. Needs `run_on_start`. Users can still choose not to wait.",
    }),
    timeout: defaulted(int, 0, {
      description: "Seconds after which the script is ended, at least 1. Left out, it may run for as long as it likes.",
      validate: [atLeast(1)],
    }),
  },
});

/** A script that an agent runs in addition to its main work. */
export const coderScript = resource({
  version: 1,
  schema: scriptSchema,
  create(input, { configuration, diagnostics }) {
    const problem = occasionProblem(input);
    // Not thrown, because the published provider keeps such an object in the state, as one to replace.
    if (problem !== undefined) diagnostics.error({ summary: problem });
    return { id: configuration.newId() };
  },
});

function occasionProblem(input: Input<typeof scriptSchema>): string | undefined {
  if (!input.run_on_start && !input.run_on_stop && !input.cron)
    return 'at least one of "run_on_start", "run_on_stop", or "cron" must be set';
  if (input.start_blocks_login && !input.run_on_start) return '"start_blocks_login" can only be set if "run_on_start" is "true"';
  return undefined;
}
