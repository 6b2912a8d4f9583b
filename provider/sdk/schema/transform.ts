import type { Value } from "../cty/value.ts";
import type { Attribute } from "./attribute.ts";
import { attributesOf, type BlockSchema, blocksOf, type NestedBlock } from "./block.ts";
import { part } from "./translate.ts";

/** A position in a configuration: at the top, or in nested blocks, one of which may be an element of a set or a list. */
export interface Place {
  readonly depth: number;
  readonly inList: boolean;
}

export interface Change {
  readonly attribute?: (attribute: Attribute, value: Value, place: Place, name: string) => Value;
  /** Called before the block's elements are visited. */
  readonly nested?: (nested: NestedBlock, value: Value, place: Place, name: string) => Value;
}

const TOP: Place = { depth: 0, inList: false };

/** Copies a block's value, passing every attribute and nested block through `change`. A null or unknown value is returned unchanged. */
export function transform(schema: BlockSchema, value: Value, change: Change, place: Place = TOP): Value {
  if (value.kind !== "object") return value;
  const entries = new Map<string, Value>();
  for (const [name, attribute] of attributesOf(schema)) {
    const before = part(value, name);
    entries.set(name, change.attribute === undefined ? before : change.attribute(attribute, before, place, name));
  }
  for (const [name, nested] of blocksOf(schema)) {
    const before = part(value, name);
    const changed = change.nested === undefined ? before : change.nested(nested, before, place, name);
    const inner = { depth: place.depth + 1, inList: place.inList || nested.nesting === "list" };
    if (changed.kind === "list" || changed.kind === "set")
      entries.set(name, { kind: changed.kind, items: changed.items.map((item) => transform(nested.schema, item, change, inner)) });
    else entries.set(name, transform(nested.schema, changed, change, inner));
  }
  return { kind: "object", entries };
}
