import { NULL, sameValue, UNKNOWN, type Value } from "../cty/value.ts";
import type { Path } from "../diagnostic.ts";
import { isComputed } from "../schema/attribute.ts";
import { attributesOf, type BlockSchema, blocksOf, replacesOnChange } from "../schema/block.ts";
import { withDefaults } from "../schema/defaults.ts";
import { transform } from "../schema/transform.ts";
import { part } from "../schema/translate.ts";
import type { PlanRequest, ResourcePlan, ValueRules } from "./value-rules.ts";

/**
 * The rules that Terraform requires of a new provider: configured values stay unchanged to the last digit, and only values that the schema
 * marks as computed (including defaults) may come from the provider.
 */
export const strictRules: ValueRules = {
  name: "strict",
  planResource,
  settleResource: settle,
  settleDataSource: settle,
};

function planResource(schema: BlockSchema, { prior, proposed, config, updatable }: PlanRequest): ResourcePlan {
  // If an attribute with a default is no longer configured, Terraform proposes the prior value; the default must return.
  const wanted = withDefaults(schema, withoutStaleDefaults(schema, proposed, config));
  if (prior.kind === "null") return { planned: withUnknowns(schema, wanted, config, { keepStable: false }), requiresReplace: [] };
  if (sameValue(wanted, prior)) return { planned: prior, requiresReplace: [] };
  const planned = withUnknowns(schema, wanted, config, { keepStable: true });
  return { planned, requiresReplace: [...replacements(schema, prior, planned, [], updatable)] };
}

function withoutStaleDefaults(schema: BlockSchema, proposed: Value, config: Value): Value {
  return alongside(schema, proposed, config, (attribute, value, given) =>
    attribute.default !== undefined && given.kind === "null" ? NULL : value,
  );
}

function withUnknowns(schema: BlockSchema, wanted: Value, config: Value, options: { keepStable: boolean }): Value {
  return alongside(schema, wanted, config, (attribute, value, given) => {
    if (!isComputed(attribute) || given.kind !== "null") return value;
    return options.keepStable && attribute.stable === true && value.kind !== "null" ? value : UNKNOWN;
  });
}

type AttributeOf = BlockSchema["attributes"][string];

/** Like transform, but also passes the configured value of the same attribute. Elements of sets have no computed values to handle. */
function alongside(
  schema: BlockSchema,
  value: Value,
  config: Value,
  change: (attribute: AttributeOf, value: Value, given: Value) => Value,
): Value {
  if (value.kind !== "object") return value;
  const entries = new Map<string, Value>();
  for (const [name, attribute] of attributesOf(schema)) entries.set(name, change(attribute, part(value, name), part(config, name)));
  for (const [name, nested] of blocksOf(schema)) {
    const [before, given] = [part(value, name), part(config, name)];
    if (before.kind === "list" && given.kind === "list") {
      const items = before.items.map((item, n) => alongside(nested.schema, item, given.items[n] ?? NULL, change));
      entries.set(name, { kind: "list", items });
    } else if (before.kind === "set") {
      entries.set(name, { kind: "set", items: before.items.map((item) => alongside(nested.schema, item, item, change)) });
    } else entries.set(name, alongside(nested.schema, before, given, change));
  }
  return { kind: "object", entries };
}

function* replacements(schema: BlockSchema, prior: Value, planned: Value, at: Path, updatable: boolean): Generator<Path> {
  for (const [name, attribute] of attributesOf(schema)) {
    const asks = attribute.mode !== "computed" && (!updatable || attribute.replace === true);
    if (asks && !sameValue(part(prior, name), part(planned, name))) yield [...at, name];
  }
  for (const [name, nested] of blocksOf(schema)) {
    const [before, after] = [part(prior, name), part(planned, name)];
    const path = [...at, name];
    const comparable = before.kind === "list" && after.kind === "list" && before.items.length === after.items.length;
    if (comparable && nested.replace !== true)
      for (const [index, item] of after.items.entries())
        yield* replacements(nested.schema, before.items[index] ?? NULL, item, [...path, index], updatable);
    else if ((!updatable || replacesOnChange(nested)) && !sameValue(before, after)) yield path;
  }
}

function settle(schema: BlockSchema, value: Value): Value {
  const known = (part: Value): Value => (part.kind === "unknown" ? NULL : part);
  return transform(schema, value, { attribute: (_attribute, part) => known(part), nested: (_nested, part) => known(part) });
}
