import { Type } from "typebox";
import { expect, test } from "vitest";
import { identityOf, namedSchemas } from "./schema-names.ts";

const Thing = Type.Object({ name: Type.String() });

test("a type that may be left out is the same type, and another with the same fields is not", () => {
  expect(identityOf(Type.Optional(Thing))).toBe(identityOf(Thing));
  expect(identityOf(Type.Object({ name: Type.String() }))).not.toBe(identityOf(Thing));
});

for (const { what, schema } of [
  { what: "a union", schema: Type.Union([Type.String(), Type.Null()]) },
  { what: "a list of values", schema: Type.Enum(["a", "b"]) },
  { what: "a map", schema: Type.Record(Type.String(), Type.Integer()) },
])
  test(`${what} has an identity`, () => expect(identityOf(schema)).toBeTypeOf("object"));

test("what has no inside has none", () => {
  for (const schema of [Type.String({ format: "uuid" }), undefined, null, "text"]) expect(identityOf(schema)).toBeUndefined();
});

test("the first name of a type counts", () => {
  const named = namedSchemas([{ Thing, Alias: Thing, text: "no schema", Name: Type.String() }]);
  expect([...named.values()]).toEqual([{ name: "Thing", schema: Thing }]);
});

test("two types of one name are an error", () => {
  expect(() => namedSchemas([{ Thing }, { Thing: Type.Object({ id: Type.String() }) }])).toThrow("Thing");
});
