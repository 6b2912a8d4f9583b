import { decimalOf, toNumber } from "../cty/decimal.ts";
import { BOOL, type CtyType, list, map, NUMBER, object, STRING, set } from "../cty/type.ts";
import { boolValue, fingerprint, type KnownValue, NULL, numberValue, objectValue, stringValue, type Value } from "../cty/value.ts";

/** A Terraform type, together with the JavaScript form in which handlers see its known values. */
export interface ValueType<Js = unknown> {
  readonly cty: CtyType;
  /** Whether numbers must be integers, which Terraform's types cannot express. */
  readonly wholeNumber?: true;
  fromCty(value: KnownValue): Js;
  toCty(value: Js): Value;
}

export type JsOf<T> = T extends ValueType<infer Js> ? Js : never;

export const string: ValueType<string> = {
  cty: STRING,
  fromCty: (value) => (value.kind === "string" ? value.value : mismatch(value, STRING)),
  toCty: stringValue,
};

export const bool: ValueType<boolean> = {
  cty: BOOL,
  fromCty: (value) => (value.kind === "bool" ? value.value : mismatch(value, BOOL)),
  toCty: boolValue,
};

/** Any number. Handlers see the nearest double; Terraform gets the original digits back. */
export const number: ValueType<number> = {
  cty: NUMBER,
  fromCty: (value) => (value.kind === "number" ? toNumber(value.value) : mismatch(value, NUMBER)),
  toCty: (value) => numberValue(decimalOf(value)),
};

/** An integer. Handlers see the nearest double; Terraform gets the original digits back. */
export const int: ValueType<number> = {
  cty: NUMBER,
  wholeNumber: true,
  fromCty: (value) => (value.kind === "number" ? toNumber(value.value) : mismatch(value, NUMBER)),
  toCty: (value) => numberValue(decimalOf(value)),
};

/** An integer of any size with all its digits, for handlers that compare. A fraction, which validation refuses, loses its decimals. */
export const bigint: ValueType<bigint> = {
  cty: NUMBER,
  wholeNumber: true,
  fromCty: (value) => (value.kind === "number" ? BigInt(value.value.split(".", 1).join()) : mismatch(value, NUMBER)),
  toCty: (value) => numberValue(decimalOf(value)),
};

export function listOf<Js>(element: ValueType<Js>): ValueType<readonly (Js | null)[]> {
  const cty = list(element.cty);
  return {
    cty,
    fromCty: (value) => (value.kind === "list" ? value.items.map((item) => fromCty(element, item)) : mismatch(value, cty)),
    toCty: (value) => ({ kind: "list", items: value.map((item) => toCty(element, item)) }),
  };
}

/** The order has no meaning. Duplicates that handlers return are dropped. */
export function setOf<Js>(element: ValueType<Js>): ValueType<readonly (Js | null)[]> {
  const cty = set(element.cty);
  return {
    cty,
    fromCty: (value) => (value.kind === "set" ? value.items.map((item) => fromCty(element, item)) : mismatch(value, cty)),
    toCty: (value) => {
      const items = value.map((item) => toCty(element, item));
      return { kind: "set", items: [...new Map(items.map((item) => [fingerprint(item), item])).values()] };
    },
  };
}

/** Handlers see a JavaScript Map, not an object, because `__proto__` is a key like any other. */
export function mapOf<Js>(element: ValueType<Js>): ValueType<ReadonlyMap<string, Js | null>> {
  const cty = map(element.cty);
  return {
    cty,
    fromCty: (value) =>
      value.kind === "map" ? new Map(value.entries.entries().map(([key, item]) => [key, fromCty(element, item)])) : mismatch(value, cty),
    toCty: (value) => ({ kind: "map", entries: new Map([...value].map(([key, item]) => [key, toCty(element, item)])) }),
  };
}

export function objectOf<T extends Readonly<Record<string, ValueType>>>(
  attributes: T,
): ValueType<{ readonly [K in keyof T]: JsOf<T[K]> | null }> {
  const cty = object(Object.entries(attributes).map(([name, type]) => [name, type.cty] as const));
  type Js = { readonly [K in keyof T]: JsOf<T[K]> | null };
  return {
    cty,
    fromCty: (value) => {
      if (value.kind !== "object") return mismatch(value, cty);
      const entries = Object.entries(attributes).map(([name, type]) => [name, fromCty(type, value.entries.get(name) ?? NULL)]);
      return Object.fromEntries(entries) as Js;
    },
    toCty: (value) => objectValue(Object.entries(attributes).map(([name, type]) => [name, toCty(type, value[name] ?? null)] as const)),
  };
}

/** Null stays null. @throws TypeError for an unknown value, so the caller must check first */
export function fromCty<Js>(type: ValueType<Js>, value: Value): Js | null {
  if (value.kind === "null") return null;
  return value.kind === "unknown" ? mismatch(value, type.cty) : type.fromCty(value);
}

export function toCty<Js>(type: ValueType<Js>, value: Js | null): Value {
  return value === null ? NULL : type.toCty(value);
}

function mismatch(value: Value, type: CtyType): never {
  throw new TypeError(`a value of kind ${value.kind} where the type is ${type.kind}`);
}
