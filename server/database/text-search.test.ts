import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { containsText, isOneOf, listsAny } from "./text-search.ts";

async function holds(text: string, needle: string): Promise<boolean> {
  const { core } = await openCommandWorld();
  await core.db.updateTable("users").set({ name: text }).execute();
  const found = await core.db
    .selectFrom("users")
    .select("id")
    .where(containsText("sqlite", "users.name", needle))
    .execute();
  return found.length > 0;
}

describe("a text holds", () => {
  for (const [text, needle] of [
    ["Zoë Ångström", "ZOË"],
    ["Zoë Ångström", "ångs"],
    ["100% [sure] *?_\\", "[SURE] *?_\\"],
    ["anything", ""],
  ] as const)
    test(`${JSON.stringify(needle)}, as ${JSON.stringify(text)} does`, async () => expect(await holds(text, needle)).toBe(true));

  for (const [text, needle] of [
    ["Zoe", "zoë"],
    ["abc", "a*c"],
    ["abc", "[a-c]"],
    ["abc", "a?c"],
    ["abc", "a\0"],
    ["x".repeat(600), "x".repeat(513)],
  ] as const)
    test(`not ${JSON.stringify(needle.slice(0, 10))}, as ${JSON.stringify(text.slice(0, 10))} does not`, async () =>
      expect(await holds(text, needle)).toBe(false));
});

/** Compiles for SQLite, and asks no database. */
const compiler = new Kysely<object>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

test("what is searched for never becomes part of the statement", () => {
  for (const dialect of ["sqlite", "postgres"] as const)
    for (const needle of ["'); drop table users; --", "Å' or ''='"]) {
      const statement = containsText(dialect, "users.name", needle).compile(compiler);
      expect(statement.sql, dialect).not.toMatch(/drop|or ''/);
      expect(statement.parameters).toHaveLength(1);
    }
});

test("one of none is nothing, and a list is searched for any of several", async () => {
  const { core, person } = await openCommandWorld();
  await person("audrey", { roles: ["auditor", "user-admin"] });
  const names = async (where: ReturnType<typeof isOneOf>) =>
    (await core.db.selectFrom("users").select("username").where(where).orderBy("username").execute()).map(({ username }) => username);
  expect(await names(isOneOf("users.username", []))).toEqual([]);
  expect(await names(isOneOf("users.username", ["audrey", "nobody"]))).toEqual(["audrey"]);
  expect(await names(listsAny("sqlite", "users.rbac_roles", []))).toEqual([]);
  expect(await names(listsAny("sqlite", "users.rbac_roles", ["owner", "user-admin"]))).toEqual(["audrey", "olive"]);
  expect(await names(listsAny("sqlite", "users.rbac_roles", ["user"]))).toEqual([]);
  expect(await names(sql`true`)).toEqual(["audrey", "olive"]);
});
