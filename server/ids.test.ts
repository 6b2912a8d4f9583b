import { Check } from "typebox/value";
import { expect, test } from "vitest";
import { InvalidIdError } from "./errors.ts";
import { NIL_UUID, WorkspaceId } from "./ids.ts";

const ID = "5ca1ab1e-0000-4000-8000-00000000abcd";

test("an id is a UUID in any letter case, and afterward in the one that rows have", () => {
  expect(WorkspaceId.parse(ID.toUpperCase())).toBe(ID);
  expect([WorkspaceId.is(ID.toUpperCase()), Check(WorkspaceId.schema, ID)]).toEqual([true, true]);
  expect(WorkspaceId.parse(NIL_UUID)).toBe(NIL_UUID);
});

for (const text of ["", "me", ID.slice(1), `${ID}0`, ID.replaceAll("-", ""), `{${ID}}`, ` ${ID}`, `${ID}\n`, ID.replace("5", "g")])
  test(`${JSON.stringify(text)} is none`, () => {
    expect(WorkspaceId.is(text)).toBe(false);
    expect(() => WorkspaceId.parse(text)).toThrow(InvalidIdError);
  });

test("what is refused is named with its kind, and cut off when it is long", () => {
  expect(() => WorkspaceId.parse("x".repeat(1_000))).toThrow(/^"x{64}" .*workspace/);
});
