import { computed, defaulted, optional, required } from "../../sdk/schema/attribute.ts";
import { block, listBlock } from "../../sdk/schema/block.ts";
import { oneOf } from "../../sdk/schema/validators.ts";
import { bigint, bool, int, string } from "../../sdk/schema/value-type.ts";
import { implicitId } from "../implicit-id.ts";
import { goUrl } from "../url-rule.ts";
import { PARAMETER_TYPES } from "./parameter-type.ts";

const RULE_CONFLICTS = ["validation.0.min", "validation.0.max", "validation.0.monotonic"];

const option = listBlock(
  {
    attributes: {
      name: required(string, { description: "What the user reads; no two options share one." }),
      value: required(string, {
        description:
          "What is chosen with it: a value of the parameter's type, or under `multi-select` one string of the list. No two options share one.",
      }),
      description: optional(string, { description: "More about the option, in Markdown." }),
      icon: optional(string, { description: "The URL of a picture, or the path of one that the server has.", validate: [goUrl] }),
    },
  },
  { description: "One value that may be chosen. With options, no other value is allowed." },
);

const validation = listBlock(
  {
    attributes: {
      min: optional(bigint, { description: "The least number allowed. Only for the type `number`." }),
      max: optional(bigint, { description: "The greatest number allowed. Only for the type `number`." }),
      min_disabled: computed(bool, { description: "Whether there is no least number, since `min` then reads 0." }),
      max_disabled: computed(bool, { description: "Whether there is no greatest number, since `max` then reads 0." }),
      monotonic: optional(string, {
        description:
          "How a number may change from one build to the next: `increasing` or `decreasing`. It may stay the same. Only for the type `number`.",
      }),
      regex: optional(string, {
        description:
          "A regular expression (RE2) that must match somewhere in the value; `^` and `$` tie it to the ends. Needs `error`. Only for the type `string`.",
        conflictsWith: RULE_CONFLICTS,
      }),
      error: optional(string, {
        description: "What the user is told about a value that is refused. For numbers, `{min}`, `{max}` and `{value}` are filled in.",
      }),
    },
  },
  { maxItems: 1, description: "What a value must fulfil beyond its type. Numbers must be whole under it." },
);

export const parameterSchema = block({
  description: "A question that the template asks whoever creates or updates a workspace, and the answer.",
  attributes: {
    id: implicitId,
    name: required(string, { description: "Names the parameter, also for the command line and the API; no two of a template share one." }),
    display_name: optional(string, { description: "What forms show in place of the name." }),
    description: optional(string, { description: "What the user should know to answer, in Markdown." }),
    type: defaulted(string, "string", {
      description: "What values are: `string`, `number`, `bool`, or `list(string)` for a JSON list of strings.",
      validate: [oneOf(...PARAMETER_TYPES)],
    }),
    form_type: optional(string, {
      description:
        "How forms ask. With options `radio` or `dropdown`, for lists `radio` or `multi-select`; without, `input` or `textarea` for a string, " +
        "`input` or `slider` for a number, `checkbox` or `switch` for a bool, `tag-select` for a list. Default: the first of them.",
      validate: [oneOf("radio", "slider", "input", "dropdown", "checkbox", "switch", "multi-select", "tag-select", "textarea", "error")],
    }),
    styling: defaulted(string, "{}", {
      description: 'A JSON object that tunes how forms look, such as `{"placeholder": "…"}`. It decides about no value.',
    }),
    mutable: defaulted(bool, false, { description: "Whether the answer can be changed once the workspace exists." }),
    ephemeral: defaulted(bool, false, {
      description: "Whether an answer counts for one build only and the next starts from the default. Needs `mutable` and `default`.",
    }),
    default: optional(string, {
      description: "The answer of those who give none. Without a default, one must be given. A list is written with `jsonencode`.",
    }),
    icon: optional(string, { description: "The URL of a picture, or the path of one that the server has.", validate: [goUrl] }),
    order: optional(int, { description: "Where forms show the parameter; lower numbers come first, and equal ones by name." }),
    value: computed(string, { description: "The answer, always as a string: `tonumber`, `tobool` and `jsondecode` give its type." }),
    optional: computed(bool, { description: "Whether it can be left unanswered, since there is a default." }),
  },
  blocks: { option, validation },
});
