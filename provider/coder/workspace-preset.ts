import { DiagnosticError } from "../sdk/diagnostic.ts";
import { computed, defaulted, optional, required } from "../sdk/schema/attribute.ts";
import { block, listBlock, setBlock } from "../sdk/schema/block.ts";
import { atLeast, lengthBetween, notEmpty } from "../sdk/schema/validators.ts";
import { bool, int, mapOf, string } from "../sdk/schema/value-type.ts";
import { dataSource } from "./configuration.ts";
import { goUrl } from "./url-rule.ts";
import { overlapProblem } from "./workspace-preset/overlap.ts";
import { expiry, hourlySchedule, timezone } from "./workspace-preset/rules.ts";

const schedule = listBlock(
  {
    attributes: {
      cron: required(string, {
        description:
          "The hours in which it holds: `*` for the minute, then hour, day, month and weekday. `* 8-18 * * 1-5` is 8:00 to 18:59 on workdays.",
        validate: [hourlySchedule],
      }),
      instances: required(int, { description: "How many workspaces to keep ready in these hours." }),
    },
  },
  { minItems: 1, description: "Hours with a number of their own. No two of a preset may be for the same hour." },
);

const scheduling = listBlock(
  {
    attributes: {
      timezone: required(string, {
        description: "The time zone of the schedules, by its name in the IANA database: `UTC`, `Europe/Berlin`.",
        validate: [timezone],
      }),
    },
    blocks: { schedule },
  },
  { maxItems: 1, description: "Changes how many workspaces are kept ready with the hour, the day and the month." },
);

const expirationPolicy = setBlock(
  {
    attributes: {
      ttl: required(int, {
        description:
          "Seconds after which a workspace that nobody claimed is replaced: 3600 (an hour) to 31536000 (a year), or 0 for never.",
        validate: [expiry],
      }),
    },
  },
  { maxItems: 1, description: "How old a workspace may become while it waits to be claimed." },
);

const prebuilds = setBlock(
  {
    attributes: {
      instances: required(int, {
        description: "How many workspaces to keep ready whenever no schedule says another number.",
        validate: [atLeast(0)],
      }),
    },
    blocks: { expiration_policy: expirationPolicy, scheduling },
  },
  { maxItems: 1, description: "Workspaces of the preset that are built in advance, for users to claim without waiting." },
);

/** A named set of values for a template's parameters, which users can choose together. */
export const coderWorkspacePreset = dataSource({
  version: 1,
  schema: block({
    description: "A named choice of parameter values that users can make a workspace with.",
    attributes: {
      id: computed(string, { description: "The same as `name`." }),
      name: required(string, {
        description: "What users choose the preset by. No two presets of a template share one.",
        validate: [notEmpty],
      }),
      description: optional(string, { description: "What the preset is for, in at most 128 bytes.", validate: [lengthBetween(0, 128)] }),
      icon: optional(string, {
        description: "The URL of an icon for the dashboard, such as `/icon/go.svg`, in at most 256 bytes.",
        validate: [goUrl, lengthBetween(0, 256)],
      }),
      default: defaulted(bool, false, {
        description: "Whether users who choose nothing get this preset. At most one preset of a template can say so.",
      }),
      parameters: optional(mapOf(string), {
        description: "Values by the names of parameters. A name that the template does not declare is passed over.",
      }),
    },
    blocks: { prebuilds },
  }),
  read({ name, prebuilds: [built] }) {
    const schedules = built?.scheduling.flatMap((block) => block.schedule.map(({ cron }) => cron)) ?? [];
    const problem = overlapProblem(schedules);
    if (problem !== undefined) throw new DiagnosticError({ summary: `schedules overlap with each other: ${problem}` });
    return { id: name };
  },
});
