import { defaulted, optional, required } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { oneOf, validator } from "../sdk/schema/validators.ts";
import { string } from "../sdk/schema/value-type.ts";
import { resource } from "./configuration.ts";
import { implicitId } from "./implicit-id.ts";
import { isVariableName } from "./variable-name.ts";

const variableName = validator<string>((value, name) =>
  isVariableName(value) ? undefined : `invalid value for ${name} (must be a valid environment variable name)`,
);

/** An environment variable for everything that an agent starts. The server sees all variables, and merges those with the same name. */
export const coderEnv = resource({
  version: 1,
  schema: block({
    description: "An environment variable of everything that an agent starts.",
    attributes: {
      id: implicitId,
      agent_id: required(string, { description: "The `id` of the agent." }),
      name: required(string, {
        description: "The variable's name: letters, digits and underscores, not beginning with a digit.",
        validate: [variableName],
      }),
      value: optional(string, { description: "The variable's value. It is no secret: plans and states show it." }),
      merge_strategy: defaulted(string, "replace", {
        description:
          "What becomes of a value that the variable has already: `replace`, `append` or `prepend` to it, with a colon, or `error`. Where the " +
          "template gives it none, `append` and `prepend` add to the value that the agent is started with.",
        validate: [oneOf("replace", "append", "prepend", "error")],
      }),
    },
  }),
  create: (_input, { configuration }) => ({ id: configuration.newId() }),
});
