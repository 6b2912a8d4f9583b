import { types } from "pg";
import { expect, test } from "vitest";
import { POSTGRES_TYPES, sqliteRowDecoder, toPostgres, toSqlite } from "./codec.ts";

const at = new Date("2026-01-02T03:04:05.678Z");

for (const { what, value, sqlite, postgres } of [
  { what: "a time", value: at, sqlite: at.getTime(), postgres: at },
  { what: "yes", value: true, sqlite: 1, postgres: true },
  { what: "no", value: false, sqlite: 0, postgres: false },
  { what: "a list", value: ["a", 1], sqlite: '["a",1]', postgres: '["a",1]' },
  { what: "an object", value: { a: { b: null } }, sqlite: '{"a":{"b":null}}', postgres: '{"a":{"b":null}}' },
  { what: "bytes", value: new Uint8Array([1, 2]).subarray(1), sqlite: Buffer.from([2]), postgres: Buffer.from([2]) },
  { what: "nothing", value: null, sqlite: null, postgres: null },
  { what: "a text that looks like JSON", value: "[]", sqlite: "[]", postgres: "[]" },
])
  test(`${what} goes in as each database keeps it`, () => {
    expect([toSqlite(value), toPostgres(value)]).toEqual([sqlite, postgres]);
  });

test("rows of SQLite come out by the types that the columns were given, and others as they are", () => {
  const decode = sqliteRowDecoder([
    { name: "at", type: "TIMESTAMP" },
    { name: "is", type: "boolean" },
    { name: "list", type: "json" },
    { name: "text", type: "text" },
    { name: "count", type: null },
  ]);
  const row = { at: at.getTime(), is: 0, list: '["a"]', text: "[1]", count: 7 };
  decode(row);
  expect(row).toEqual({ at, is: false, list: ["a"], text: "[1]", count: 7 });
  const empty = { at: null, is: null, list: null, text: null, count: null };
  decode(empty);
  expect(empty).toEqual({ at: null, is: null, list: null, text: null, count: null });
});

test("large numbers of PostgreSQL come out as numbers", () => {
  const parse = (oid: number) => POSTGRES_TYPES.getTypeParser(oid) as (text: string) => unknown;
  expect([parse(types.builtins.INT8)("9007199254740991"), parse(types.builtins.NUMERIC)("7")]).toEqual([Number.MAX_SAFE_INTEGER, 7]);
  expect(parse(types.builtins.BOOL)("t")).toBe(true);
});
