import fc from "fast-check";
import { decimalOf, parseDecimal } from "./decimal.ts";
import { BOOL, type CtyType, DYNAMIC, list, map, NUMBER, object, STRING, set, tuple } from "./type.ts";
import { boolValue, NULL, numberValue, stringValue, UNKNOWN, type Value } from "./value.ts";

/** Names for property tests, including those that JavaScript objects treat specially. */
const name = fc.oneof(
  fc.constantFrom("constructor", "__proto__", "prototype", "toString", "0", "10", "ä", ""),
  fc.string({ unit: "grapheme" }),
);

const number = fc.oneof(
  fc.integer().map(decimalOf),
  fc.bigInt().map(decimalOf),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(decimalOf),
  fc.tuple(fc.bigInt(), fc.nat(300)).map(([digits, exponent]) => parseDecimal(`${digits}e-${exponent}`)),
);

/** Any type, without `dynamic` inside collections, where Terraform does not allow it. */
const concreteType: fc.Memo<CtyType> = fc.memo((depth) => {
  const leaf = fc.constantFrom(STRING, NUMBER, BOOL);
  if (depth <= 1) return leaf;
  const inner = concreteType(depth - 1);
  return fc.oneof(
    leaf,
    inner.map(list),
    inner.map(set),
    inner.map(map),
    fc.array(inner, { maxLength: 3 }).map(tuple),
    fc.uniqueArray(fc.tuple(name, inner), { maxLength: 4, selector: ([key]) => key }).map(object),
  );
});

const anyType = fc.oneof(
  { weight: 4, arbitrary: concreteType(3) },
  { weight: 1, arbitrary: fc.constant(DYNAMIC) },
  {
    weight: 1,
    arbitrary: concreteType(2).map((type) =>
      object([
        ["fixed", type],
        ["free", DYNAMIC],
      ]),
    ),
  },
);

/** A value of a type. Unknown values may have any bytes as their refinement. */
export function valueFor(type: CtyType, options: { unknowns: boolean }): fc.Arbitrary<Value> {
  const inner = (of: CtyType) => valueFor(of, options);
  const known: Record<CtyType["kind"], () => fc.Arbitrary<Value>> = {
    string: () => fc.string({ unit: "grapheme" }).map(stringValue),
    number: () => number.map(numberValue),
    bool: () => fc.boolean().map(boolValue),
    list: () => ("element" in type ? fc.array(inner(type.element), { maxLength: 4 }).map((items) => ({ kind: "list", items })) : never()),
    set: () => ("element" in type ? fc.array(inner(type.element), { maxLength: 4 }).map((items) => ({ kind: "set", items })) : never()),
    map: () =>
      "element" in type
        ? fc.array(fc.tuple(name, inner(type.element)), { maxLength: 4 }).map((entries) => ({ kind: "map", entries: new Map(entries) }))
        : never(),
    tuple: () => ("elements" in type ? fc.tuple(...type.elements.map(inner)).map((items) => ({ kind: "tuple", items })) : never()),
    object: () =>
      "attributes" in type
        ? fc
            .tuple(...[...type.attributes].map(([key, of]) => inner(of).map((value) => [key, value] as const)))
            .map((entries) => ({ kind: "object", entries: new Map(entries) }))
        : never(),
    dynamic: () => concreteType(2).chain((own) => inner(own).map((value) => ({ kind: "dynamic", type: own, value }))),
  };
  const refined = fc.uint8Array({ maxLength: 40 }).map((refinement) => ({ kind: "unknown", refinement }) as const);
  return fc.oneof(
    { weight: 8, arbitrary: known[type.kind]() },
    { weight: 1, arbitrary: fc.constant(NULL) },
    ...(options.unknowns ? [{ weight: 1, arbitrary: fc.oneof(fc.constant(UNKNOWN), refined) }] : []),
  );
}

function never(): never {
  throw new Error("a type of another kind");
}

/** A type and a value of it, known or not; JSON has no unknowns. */
export function typedValue(options: { unknowns: boolean }): fc.Arbitrary<{ type: CtyType; value: Value }> {
  return anyType.chain((type) => valueFor(type, options).map((value) => ({ type, value })));
}
