/** Converts between Terraform's values and the JavaScript values that handlers see. The schema determines the types in typed.ts. */
import { isWhollyKnown, NULL, objectValue, UNKNOWN, type Value } from "../cty/value.ts";
import type { Attribute } from "./attribute.ts";
import { attributesOf, type BlockSchema, blocksOf, type NestedBlock } from "./block.ts";
import { fromCty, toCty } from "./value-type.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What handlers see of a block's value: `input` leaves out computed attributes and treats an unknown value as absent, `planned`
 * leaves them out and shows unknown values, `state` shows everything.
 */
export function toFields(schema: BlockSchema, value: Value, view: "input" | "planned" | "state"): Fields {
  const fields: [string, unknown][] = [];
  for (const [name, attribute] of attributesOf(schema))
    if (view === "state" || attribute.mode !== "computed") fields.push([name, attributeField(attribute, part(value, name), view)]);
  for (const [name, nested] of blocksOf(schema)) fields.push([name, nestedField(nested, part(value, name), view)]);
  return Object.fromEntries(fields);
}

function attributeField(attribute: Attribute, value: Value, view: "input" | "planned" | "state"): unknown {
  if (isWhollyKnown(value)) return fromCty(attribute.type, value);
  return view === "planned" ? UNKNOWN : null;
}

function nestedField(nested: NestedBlock, value: Value, view: "input" | "planned" | "state"): unknown {
  if (value.kind === "unknown") return view === "planned" ? UNKNOWN : null;
  if (nested.nesting === "single") return value.kind === "null" ? null : toFields(nested.schema, value, view);
  return items(value).map((item) => toFields(nested.schema, item, view));
}

/**
 * Puts the computed values that a handler returned into a block's value.
 *
 * @param rule `fill`: only where the value is unknown, so that nothing that was configured or planned can change. `replace`: wherever the
 *   handler returned a value.
 */
export function withFields(schema: BlockSchema, value: Value, given: Fields, rule: "fill" | "replace"): Value {
  if (value.kind !== "object") return value;
  const entries = new Map(value.entries);
  for (const [name, attribute] of attributesOf(schema)) {
    const field = given[name];
    if (field === undefined) continue;
    const before = part(value, name);
    if (rule === "replace" || before.kind === "unknown") entries.set(name, toCty(attribute.type, field));
  }
  for (const [name, nested] of blocksOf(schema)) {
    const field = given[name];
    if (field !== undefined) entries.set(name, nestedWithFields(nested, part(value, name), field, rule));
  }
  return { kind: "object", entries };
}

function nestedWithFields(nested: NestedBlock, value: Value, given: unknown, rule: "fill" | "replace"): Value {
  if (nested.computed && (value.kind === "unknown" || rule === "replace")) return fromElements(nested, given);
  if (nested.nesting === "single") return isFields(given) ? withFields(nested.schema, value, given, rule) : value;
  if (value.kind !== "list" && value.kind !== "set") return value;
  const elements: readonly unknown[] = Array.isArray(given) ? given : [];
  return {
    kind: value.kind,
    items: value.items.map((item, n) => {
      const element = elements[n];
      return isFields(element) ? withFields(nested.schema, item, element, rule) : item;
    }),
  };
}

/** The value of whole blocks that a handler returned. */
function fromElements(nested: NestedBlock, given: unknown): Value {
  const elements: readonly unknown[] = Array.isArray(given) ? given : [];
  if (nested.nesting === "single") return isFields(given) ? fromFields(nested.schema, given) : NULL;
  return { kind: nested.nesting, items: elements.filter(isFields).map((element) => fromFields(nested.schema, element)) };
}

function fromFields(schema: BlockSchema, given: Fields): Value {
  return objectValue([
    ...attributesOf(schema).map(([name, attribute]) => [name, toCty(attribute.type, given[name] ?? null)] as const),
    ...blocksOf(schema).map(([name, nested]) => [name, fromElements(nested, given[name])] as const),
  ]);
}

/** An attribute or nested block of a block's value; null if there is none. */
export function part(value: Value, name: string): Value {
  return value.kind === "object" ? (value.entries.get(name) ?? NULL) : NULL;
}

/** The elements of a list or set; none if it is null or unknown. */
export function items(value: Value): readonly Value[] {
  return value.kind === "list" || value.kind === "set" ? value.items : [];
}

function isFields(given: unknown): given is Fields {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
