import type { Value } from "../cty/value.ts";
import type { BlockSchema } from "./block.ts";
import { transform } from "./transform.ts";
import { toCty } from "./value-type.ts";

/** Puts the default wherever the configuration is silent, in nested blocks too. */
export function withDefaults(schema: BlockSchema, value: Value): Value {
  return transform(schema, value, {
    attribute: (attribute, given) =>
      given.kind === "null" && attribute.default !== undefined ? toCty(attribute.type, attribute.default) : given,
  });
}
