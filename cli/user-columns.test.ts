import { expect, test } from "vitest";
import type { User } from "#sdk/users.ts";
import { ADA } from "#test/cli/canned.ts";
import { USER_COLUMNS, USER_DEFAULTS } from "./user-columns.ts";

const cell = (name: string, more: object) => USER_COLUMNS[name]?.({ ...ADA, ...more } as unknown as User);

test("every column of the default table is one", () => expect(USER_DEFAULTS.filter((name) => !(name in USER_COLUMNS))).toEqual([]));

for (const { at, shown } of [
  { at: undefined, shown: "never" },
  { at: "0001-01-01T00:00:00Z", shown: "never" },
  { at: "2026-01-02T03:04:05.678Z", shown: "2026-01-02T03:04:05Z" },
]) {
  test(`a user who was seen at ${at} was last seen "${shown}"`, () => expect(cell("last seen at", { last_seen_at: at })).toBe(shown));
}

test("lists all site roles, and has no name for a user without one", () => {
  expect(cell("roles", { roles: [{ name: "auditor" }, { name: "owner" }] })).toBe("auditor, owner");
  expect(cell("name", { name: undefined })).toBe("");
});
