import type { Value } from "../cty/value.ts";
import type { BlockSchema } from "./block.ts";
import { transform } from "./transform.ts";
import { toCty } from "./value-type.ts";

/** Fills in the default wherever the configuration sets no value, including in nested blocks. */
export function withDefaults(schema: BlockSchema, value: Value): Value {
  return transform(schema, value, {
    attribute: (attribute, given) =>
      given.kind === "null" && attribute.default !== undefined ? toCty(attribute.type, attribute.default) : given,
  });
}
