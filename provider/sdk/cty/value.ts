import type { Decimal } from "./decimal.ts";
import { type CtyType, compareBytes, formatType } from "./type.ts";

/** Not decided yet. `refinement` is what the host already knows about it: the unchanged payload of the msgpack extension. */
export interface UnknownValue {
  readonly kind: "unknown";
  readonly refinement?: Uint8Array;
}

export interface NullValue {
  readonly kind: "null";
}

/** A known value. Its parts may still be null or unknown. */
export type KnownValue =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: Decimal }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "list" | "set" | "tuple"; readonly items: readonly Value[] }
  | { readonly kind: "map" | "object"; readonly entries: ReadonlyMap<string, Value> }
  /** A value in a place of type `dynamic`, with its own type. */
  | { readonly kind: "dynamic"; readonly type: CtyType; readonly value: Value };

/** A cty value. `kind` distinguishes known, null and unknown, so that code cannot mistake one for another. */
export type Value = KnownValue | NullValue | UnknownValue;

export const NULL: NullValue = { kind: "null" };
export const UNKNOWN: UnknownValue = { kind: "unknown" };

/** Whether a value that a handler received is not known yet. */
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

/** Equality as in Terraform, except that refinements of unknown values are ignored. The order of a set does not matter. */
export function sameValue(left: Value, right: Value): boolean {
  return left === right || fingerprint(left) === fingerprint(right);
}

/** A text that is the same for two values exactly if they are equal. */
export function fingerprint(value: Value): string {
  switch (value.kind) {
    case "null":
      return "null";
    case "unknown":
      return "unknown";
    case "string":
      // Terraform stores strings in normalization form C.
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

/** A set contains a value only once; two elements that are not fully known may differ. */
export function distinct(items: readonly Value[]): readonly Value[] {
  const settled = new Map(items.filter(isWhollyKnown).map((item) => [fingerprint(item), item]));
  return [...settled.values(), ...items.filter((item) => !isWhollyKnown(item))];
}
