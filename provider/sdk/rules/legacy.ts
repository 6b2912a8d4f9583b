import { decimalOf } from "../cty/decimal.ts";
import { boolValue, fingerprint, isWhollyKnown, NULL, numberValue, stringValue, UNKNOWN, type Value } from "../cty/value.ts";
import type { Path } from "../diagnostic.ts";
import { type Attribute, isComputed } from "../schema/attribute.ts";
import { attributesOf, type BlockSchema, blocksOf, replacesOnChange, suppliesValues } from "../schema/block.ts";
import { withDefaults } from "../schema/defaults.ts";
import { transform } from "../schema/transform.ts";
import { part } from "../schema/translate.ts";
import type { PlanRequest, ResourcePlan, ValueRules } from "./value-rules.ts";

/**
 * The value rules of Terraform's first SDK for Go, for a provider that must put the same values into plan and state as one written with
 * it, so that templates and stored states keep working unchanged. Terraform's strict rules forbid some of them (a default on an attribute
 * that is not computed, null in the plan and zero in the state); answers carry the flag that makes it tolerate them.
 *
 * - A map loses its null elements, an empty one is null, and one with an unknown element is unknown.
 * - Null, zero and empty count as equal when detecting changes; without a change, the plan is the prior state itself.
 * - In nested lists of blocks an optional scalar is null in the plan and zero in the state.
 * - In a data source, unset blocks are null at the top unless it supplies values, and empty below; empty strings at the top are null.
 */
export const legacyRules: ValueRules = { name: "legacy", planResource, settleResource, settleDataSource };

function planResource(schema: BlockSchema, request: PlanRequest): ResourcePlan {
  const { prior, config, proposed, updatable } = request;
  if (prior.kind === "null") return { planned: planOfNew(schema, config), requiresReplace: [] };
  const wanted = keepComputedBlocks(schema, normalize(schema, proposed), prior);
  const changed = [...changes(schema, prior, wanted, [])];
  if (changed.length === 0) return { planned: prior, requiresReplace: [] };
  const replacing = updatable ? changed.filter(({ replace }) => replace) : changed;
  if (replacing.length === 0) return { planned: wanted, requiresReplace: [] };
  const id: Path[] = "id" in schema.attributes ? [["id"]] : [];
  return { planned: planOfNew(schema, config), requiresReplace: [...replacing.map(({ path }) => path), ...id] };
}

/** A provider's value in an existing object stays if the configuration no longer sets one. */
function keepComputedBlocks(schema: BlockSchema, wanted: Value, prior: Value): Value {
  return transform(schema, wanted, {
    nested: (nested, value, { depth }, name) => (depth === 0 && nested.computed && isEmpty(value) ? part(prior, name) : value),
  });
}

function planOfNew(schema: BlockSchema, config: Value): Value {
  return transform(schema, normalize(schema, config), {
    attribute: (attribute, value) => (isComputed(attribute) && value.kind === "null" ? UNKNOWN : value),
    nested: (nested, value) => (nested.computed && isEmpty(value) ? UNKNOWN : value),
  });
}

function normalize(schema: BlockSchema, value: Value): Value {
  return transform(schema, withDefaults(schema, value), {
    attribute: ({ type }, given) => {
      // It may turn out to be empty, and therefore null, even if Terraform now knows that it is not null, or its length.
      if (given.kind === "unknown" && type.cty.kind === "map") return UNKNOWN;
      if (given.kind !== "map") return given;
      const elements = given.entries.values().toArray();
      // It is not certain that a partly known map has no nulls.
      if (!elements.every(isWhollyKnown)) return UNKNOWN;
      const present = given.entries.entries().filter(([, element]) => element.kind !== "null");
      const kept = new Map(present);
      return kept.size === 0 ? NULL : { kind: "map", entries: kept };
    },
  });
}

interface Difference {
  readonly path: Path;
  readonly replace: boolean;
}

function* changes(schema: BlockSchema, prior: Value, wanted: Value, at: Path): Generator<Difference> {
  for (const [name, attribute] of attributesOf(schema)) {
    if (attribute.mode === "computed" || sameOrEmpty(part(prior, name), part(wanted, name))) continue;
    yield { path: [...at, name], replace: attribute.replace ?? false };
  }
  for (const [name, nested] of blocksOf(schema)) {
    const [before, after] = [part(prior, name), part(wanted, name)];
    const path = [...at, name];
    const whole = { path, replace: replacesOnChange(nested) };
    if (nested.nesting === "list" && before.kind === "list" && after.kind === "list" && before.items.length === after.items.length) {
      for (const [index, item] of after.items.entries()) yield* changes(nested.schema, before.items[index] ?? NULL, item, [...path, index]);
    } else if (nested.nesting === "single" && before.kind === "object" && after.kind === "object") {
      yield* changes(nested.schema, before, after, path);
    } else if (!sameOrEmpty(before, after)) yield whole; // A path cannot lead into a set.
  }
}

function sameOrEmpty(left: Value, right: Value): boolean {
  return fingerprint(withoutEmpty(left)) === fingerprint(withoutEmpty(right));
}

/** Replaces every zero and every empty collection with null. */
function withoutEmpty(value: Value): Value {
  if (isZero(value) || isEmpty(value)) return NULL;
  switch (value.kind) {
    case "list":
    case "set":
    case "tuple":
      return { kind: value.kind, items: value.items.map(withoutEmpty) };
    case "map":
    case "object":
      return { kind: value.kind, entries: new Map(value.entries.entries().map(([name, item]) => [name, withoutEmpty(item)])) };
    default:
      return value;
  }
}

function isZero(value: Value): boolean {
  return (value.kind === "string" || value.kind === "number" || value.kind === "bool") && ["", "0", "false"].includes(String(value.value));
}

function isEmpty(value: Value): boolean {
  if (value.kind === "list" || value.kind === "set") return value.items.length === 0;
  return value.kind === "null" || (value.kind === "map" && value.entries.size === 0);
}

function settleResource(schema: BlockSchema, applied: Value): Value {
  return transform(schema, applied, {
    attribute: (attribute, value, { inList }) => (inList ? zeroIfNull(attribute, value) : unknownToNull(value)),
    nested: (_nested, value) => unknownToNull(value),
  });
}

function settleDataSource(schema: BlockSchema, found: Value): Value {
  return transform(schema, normalize(schema, found), {
    attribute: (attribute, value, { depth }) => {
      if (depth > 0) return zeroIfNull(attribute, value);
      return attribute.mode !== "computed" && value.kind === "string" && value.value === "" ? NULL : unknownToNull(value);
    },
    nested: (nested, value, { depth }) => {
      if (!isEmpty(value)) return value;
      return nested.nesting === "single" || (depth === 0 && !suppliesValues(nested)) ? NULL : { kind: nested.nesting, items: [] };
    },
  });
}

function zeroIfNull(attribute: Attribute, value: Value): Value {
  if (value.kind !== "null") return unknownToNull(value);
  switch (attribute.type.cty.kind) {
    case "string":
      return stringValue("");
    case "number":
      return numberValue(decimalOf(0));
    case "bool":
      return boolValue(false);
    default:
      return NULL;
  }
}

/** A value that the provider never supplied becomes null. */
function unknownToNull(value: Value): Value {
  return value.kind === "unknown" ? NULL : value;
}
