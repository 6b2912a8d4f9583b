import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import { describe, expect, test } from "vitest";
import type { Predicate } from "#authz/predicate.ts";
import { type ObjectColumns, predicateSql } from "./predicate-sql.ts";

/** Compiles for SQLite, and asks no database. */
const compiler = new Kysely<object>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

const ID = "11111111-0000-4000-8000-000000000001";
const COLUMNS = { id: "w.id", ownerId: "w.owner_id", organizationId: "w.organization_id", userAcl: "w.user_acl" };

function compiled(predicate: Predicate, columns: ObjectColumns = COLUMNS, dialect: "sqlite" | "postgres" = "sqlite") {
  const { sql, parameters } = predicateSql(dialect, predicate, columns).compile(compiler);
  return { sql, parameters };
}

describe("a predicate", () => {
  for (const { what, predicate, sql, parameters = [] } of [
    { what: "of all", predicate: { kind: "all" }, sql: "true" },
    { what: "of none", predicate: { kind: "none" }, sql: "false" },
    { what: "of no conditions that must all hold", predicate: { kind: "and", of: [] }, sql: "true" },
    { what: "of no conditions of which one must hold", predicate: { kind: "or", of: [] }, sql: "false" },
    { what: "about an owner", predicate: { kind: "owner_is", id: ID }, sql: '"w"."owner_id" = ?', parameters: [ID] },
    {
      what: "turned round",
      predicate: { kind: "not", of: { kind: "owner_is", id: ID } },
      sql: 'not coalesce("w"."owner_id" = ?, false)',
      parameters: [ID],
    },
    { what: "about one id", predicate: { kind: "id_in", ids: [ID] }, sql: '"w"."id" = ?', parameters: [ID] },
  ] satisfies readonly { what: string; predicate: Predicate; sql: string; parameters?: readonly unknown[] }[])
    test(`${what} is ${sql}`, () => expect(compiled(predicate)).toEqual({ sql, parameters }));

  test("about many ids has one parameter for all of them", () => {
    const ids = Array.from({ length: 200 }, (_, at) => `11111111-0000-4000-8000-${String(at).padStart(12, "0")}`);
    for (const dialect of ["sqlite", "postgres"] as const)
      expect(compiled({ kind: "id_in", ids }, COLUMNS, dialect).parameters, dialect).toEqual([JSON.stringify(ids)]);
  });
});

test("a text that is no row's id names nothing, and never becomes part of the statement", () => {
  for (const text of ["", `${ID.slice(0, -1)}A`, "'); drop table users; --"]) {
    expect(compiled({ kind: "id_in", ids: [text] }), text).toEqual({ sql: "false", parameters: [] });
    expect(compiled({ kind: "owner_is", id: text }), text).toEqual({ sql: "false", parameters: [] });
    expect(compiled({ kind: "organization_in", ids: [text] }), text).toEqual({ sql: "false", parameters: [] });
  }
});

test("an id that is a text may be any text, bound as one", () => {
  expect(compiled({ kind: "id_in", ids: ["0123456789"] }, { id: { text: "k.id" } })).toEqual({
    sql: '"k"."id" = ?',
    parameters: ["0123456789"],
  });
  expect(compiled({ kind: "id_in", ids: ["0123456789"] }, { id: { text: "k.id" } }, "postgres").sql).toBe('"k"."id" = ?::text');
});

test("a column that no row has admits nothing, and a row that is in no organization is in none", () => {
  expect(compiled({ kind: "id_in", ids: [ID] }, {}).sql).toBe("false");
  expect(compiled({ kind: "owner_is", id: ID }, {}).sql).toBe("false");
  expect(compiled({ kind: "no_organization" }, {}).sql).toBe("true");
  const shared: Predicate = { kind: "shared_with", userId: ID, groups: [], action: "read", organizations: [ID] };
  expect(compiled(shared, { userAcl: "w.user_acl" }).sql).toBe("false");
  expect(compiled(shared, { organizationId: "w.organization_id" }).sql).toMatch(/false/);
});
