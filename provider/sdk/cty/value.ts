import type { Decimal } from "./decimal.ts";
import { type CtyType, compareBytes, formatType } from "./type.ts";

/** Not decided yet. `refinement` is what the host knows about it all the same, as it came: the payload of the msgpack extension. */
export interface UnknownValue {
  readonly kind: "unknown";
  readonly refinement?: Uint8Array;
}

export interface NullValue {
  readonly kind: "null";
}

/** A value that is there. Its parts may still be null or unknown. */
export type KnownValue =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: Decimal }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "list" | "set" | "tuple"; readonly items: readonly Value[] }
  | { readonly kind: "map" | "object"; readonly entries: ReadonlyMap<string, Value> }
  /** What stands in a place of type `dynamic`, with the type that it brings along. */
  | { readonly kind: "dynamic"; readonly type: CtyType; readonly value: Value };

/** A cty value. Known, null and unknown are told apart by `kind`, so that no code can take one for another by accident. */
export type Value = KnownValue | NullValue | UnknownValue;

export const NULL: NullValue = { kind: "null" };
export const UNKNOWN: UnknownValue = { kind: "unknown" };

/** Whether a value that a handler was given is not known yet. */
export function isUnknown(value: unknown): value is UnknownValue {
  return value === UNKNOWN;
}

export const stringValue = (value: string): KnownValue => ({ kind: "string", value });
export const numberValue = (value: Decimal): KnownValue => ({ kind: "number", value });
export const boolValue = (value: boolean): KnownValue => ({ kind: "bool", value });
export const objectValue = (entries: Iterable<readonly [string, Value]>): KnownValue => ({ kind: "object", entries: new Map(entries) });

/** Whether nothing in the value is unknown. */
export function isWhollyKnown(value: Value): boolean {
  switch (value.kind) {
    case "unknown":
      return false;
    case "list":
    case "set":
    case "tuple":
      return value.items.every(isWhollyKnown);
    case "map":
    case "object":
      return value.entries.values().every(isWhollyKnown);
    case "dynamic":
      return isWhollyKnown(value.value);
    default:
      return true;
  }
}

/** Equal as Terraform compares, save that it compares what is known of unknowns not at all. The order in a set says nothing. */
export function sameValue(left: Value, right: Value): boolean {
  return left === right || fingerprint(left) === fingerprint(right);
}

/** A text that two values share exactly when they are equal. */
export function fingerprint(value: Value): string {
  switch (value.kind) {
    case "null":
      return "null";
    case "unknown":
      return "unknown";
    case "string":
      // Terraform keeps strings in normal form C.
      return JSON.stringify(value.value.normalize("NFC"));
    case "number":
    case "bool":
      return String(value.value);
    case "list":
    case "tuple":
      return `[${value.items.map(fingerprint).join()}]`;
    case "set":
      return `<${[...new Set(value.items.map(fingerprint))].sort().join()}>`;
    case "map":
    case "object": {
      const entries = [...value.entries].sort(([a], [b]) => compareBytes(a, b));
      return `{${entries.map(([name, of]) => `${JSON.stringify(name)}:${fingerprint(of)}`).join()}}`;
    }
    case "dynamic":
      return `dynamic(${formatType(value.type)},${fingerprint(value.value)})`;
  }
}

/** A set holds a value once; two that are not wholly known may differ. */
export function distinct(items: readonly Value[]): readonly Value[] {
  const settled = new Map(items.filter(isWhollyKnown).map((item) => [fingerprint(item), item]));
  return [...settled.values(), ...items.filter((item) => !isWhollyKnown(item))];
}
