import { Type } from "typebox";
import { expect, test } from "vitest";
import { identityOf } from "#server/http/schema-names.ts";
import { TypeWriter } from "./type-text.ts";

const User = Type.Object({ id: Type.String() });
const Role = Type.Object({ name: Type.String() });
const NAMED = new Map<unknown, { name: string; file: string }>([
  [identityOf(User), { name: "User", file: "users.ts" }],
  [identityOf(Role), { name: "Role", file: "roles.ts" }],
]);

const writer = (): TypeWriter => new TypeWriter((schema) => NAMED.get(identityOf(schema)));

for (const { schema, text } of [
  { schema: User, text: "User" },
  { schema: Type.Array(User), text: "User[]" },
  { schema: Type.String(), text: "string" },
  { schema: Type.Integer(), text: "number" },
  { schema: Type.Boolean(), text: "boolean" },
  { schema: Type.Null(), text: "null" },
  { schema: Type.Enum(["a", "b"]), text: '"a" | "b"' },
  { schema: Type.Array(Type.Enum(["a", "b"])), text: '("a" | "b")[]' },
  { schema: Type.Union([Type.Array(User), Type.Null()]), text: "User[] | null" },
])
  test(`writes ${text}`, () => expect(writer().write(schema, { mustBeNamed: true })).toBe(text));

test("writes an object out where it needs no name, with what may be left out", () => {
  const schema = Type.Object({ name: Type.String(), owner: Type.Optional(User) });
  expect(writer().write(schema, { mustBeNamed: false })).toBe("{ readonly name: string; readonly owner?: User }");
});

test("refuses an object that should have a name, and a schema that it does not know", () => {
  expect(() => writer().write(Type.Object({ name: Type.String() }), { mustBeNamed: true })).toThrow(RangeError);
  expect(() => writer().write(Type.Array(Type.Object({ name: Type.String() })), { mustBeNamed: true })).toThrow(RangeError);
  expect(() => writer().write({ type: "date" }, { mustBeNamed: false })).toThrow(RangeError);
});

test("imports each type that it wrote, once, and none that it did not", () => {
  const types = writer();
  expect(types.imports()).toEqual([]);
  for (const schema of [User, Type.Array(User)]) types.write(schema, { mustBeNamed: true });
  expect(types.imports()).toEqual(['import type { User } from "./users.ts";']);
  types.write(Role, { mustBeNamed: true });
  expect(types.imports()).toHaveLength(2);
});
