import { expect, test } from "vitest";
import { declaredTables, readTableSources, type TableSources } from "./declared-tables.ts";

/** Two areas; in the second stands a column of this type. @param before what stands before its interface */
function sourcesWith(type: string, before = ""): TableSources {
  return new Map([
    ["tables.ts", "export interface Tables\n  extends PeopleTables,\n    ThingsTables {}\n"],
    ["tables/people.ts", 'export type Kind = "a" | "b";\nexport interface PeopleTables {\n  people: { kind: Kind };\n}\n'],
    ["tables/column-values.ts", "export type Uuid = string;\nexport type Hash = Uint8Array;\n"],
    ["tables/things.ts", `${before}export interface ThingsTables {\n  things: {\n    column: ${type};\n  };\n}\n`],
  ]);
}

const IMPORTS = `import type { Generated, GeneratedAlways } from "kysely";
import type { AuditAction, AuditDiff } from "#sdk/audit.ts";
import type { UserId as Id } from "../../ids.ts";
import type { Hash, Uuid } from "./column-values.ts";
import type {
  Kind,
} from "./people.ts";
`;

for (const { type, before, is } of [
  { type: "string", is: { type: "text" } },
  { type: "number | null", is: { type: "number", nullable: true } },
  { type: "boolean", is: { type: "boolean" } },
  { type: "Date", is: { type: "time" } },
  { type: "Id", is: { type: "uuid" } },
  { type: "Uuid", is: { type: "uuid" } },
  { type: "Hash | null", is: { type: "bytes", nullable: true } },
  { type: "Kind", is: { type: "text", words: ["a", "b"] } },
  { type: '"only"', is: { type: "text", words: ["only"] } },
  { type: '\n      | "y"\n      | "x"\n      | null', is: { type: "text", words: ["x", "y"], nullable: true } },
  { type: "AuditAction", is: { type: "text", words: expect.arrayContaining(["create", "write"]) } },
  { type: "AuditDiff", is: { type: "json" } },
  { type: "readonly Kind[]", is: { type: "json" } },
  { type: "readonly { readonly id: string; readonly optional?: boolean }[]", is: { type: "json" } },
  { type: "Readonly<Record<string, unknown>> | null", is: { type: "json", nullable: true } },
  { type: "Shape", before: "interface Shape {\n  /** A text; or: none. */\n  readonly a: string | null; // so\n}\n", is: { type: "json" } },
  { type: "Maybe", before: "type Maybe = Kind | null;\n", is: { type: "text", words: ["a", "b"], nullable: true } },
  { type: "Either", before: "type Either = { readonly a: string } | { readonly b: string };\n", is: { type: "json" } },
  { type: "Generated<number>", is: { type: "number", filledBy: "default" } },
  { type: "Generated<Date | null>", is: { type: "time", filledBy: "default", nullable: true } },
  { type: "GeneratedAlways<Kind>", is: { type: "text", filledBy: "expression", words: ["a", "b"] } },
]) {
  test(`reads a column of ${type}`, async () => {
    const tables = await declaredTables(sourcesWith(type, IMPORTS + (before ?? "")));
    const expected = { kinds: [is.type], nullable: false, filledBy: "caller", words: undefined, ...is };
    expect(tables.get("things")?.get("column")).toEqual(expected);
    expect([...tables.keys()]).toEqual(["people", "things"]);
  });
}

interface Refused {
  readonly what: string;
  readonly type?: string;
  /** What stands before the interface. */
  readonly before?: string;
  readonly after?: (sources: TableSources) => TableSources;
  readonly error: string;
}

const REFUSED: readonly Refused[] = [
  {
    what: "a type that nobody declares",
    type: "Missing",
    error: 'things.ts:3: the column column: nobody knows how a database keeps "Missing"',
  },
  { what: "any", type: "any", error: 'nobody knows how a database keeps "any"' },
  { what: "unknown", type: "unknown", error: 'nobody knows how a database keeps "unknown"' },
  { what: "a union of a text and a number", type: "string | number", error: "no column holds a union of text, number" },
  { what: "null alone", type: "null | null", error: "no column holds a union of nothing" },
  {
    what: "a union outside of Generated",
    before: IMPORTS,
    type: "Generated<string> | null",
    error: 'Generated of "kysely" must not stand there',
  },
  {
    what: "another wrapper of Kysely's",
    before: 'import type { ColumnType } from "kysely";\n',
    type: "ColumnType<string, string>",
    error: "nobody knows what ColumnType means for a column",
  },
  {
    what: "an import from elsewhere",
    before: 'import type { X } from "./elsewhere.ts";\n',
    type: "X",
    error: "tables/elsewhere.ts does not declare X",
  },
  {
    what: "a type of the SDK without a schema",
    before: 'import type { X } from "#sdk/audit.ts";\n',
    type: "X",
    error: "the SDK's X is neither",
  },
  {
    what: "an intersection",
    type: "string & { readonly a: string }",
    error: 'tables/things.ts:3: cannot read "& { readonly a: string };"',
  },
  { what: "an index signature", type: "{ [key: string]: string }", error: 'things.ts:3: expected the name of a member, found "["' },
  { what: "an indexed type", type: 'Tables["users"]', error: 'things.ts:3: expected "]", found "users"' },
  { what: "a number as a type", type: "1", error: 'things.ts:3: cannot read "1;"' },
  { what: "a value", before: "export const x: number;\n", error: 'things.ts:1: expected "interface", found "const"' },
  { what: "a type with parameters", before: "type Of<T> = T;\n", error: 'things.ts:1: expected "=", found "<"' },
  { what: "an interface that extends", before: "interface A extends B {}\n", error: 'things.ts:1: expected "{", found "extends"' },
  { what: "an import of a value", before: 'import { x } from "./people.ts";\n', error: 'things.ts:1: expected "type", found "{"' },
  { what: "a column that stands there twice", type: "string;\n    column: string", error: 'things.ts:4: "column" stands there twice' },
  {
    what: "an optional column",
    type: "string;\n    other?: string",
    error: "things.ts:4: the column other: a column is there or null, never optional",
  },
  {
    what: "a file that ends too early",
    after: (sources) => new Map(sources).set("tables/things.ts", "export interface ThingsTables {\n"),
    error: 'things.ts:2: expected the name of a member, found "end of file"',
  },
  { what: "a table that two areas declare", type: "string };\n  people: { kind: string", error: "the table people is declared twice" },
  {
    what: "a table that is no object",
    type: "string };\n  others: readonly { kind: string }[];\n  more: { a: string",
    error: "the table others must be an object",
  },
  {
    what: "an area that Tables does not extend",
    before: "export interface OtherTables {\n  others: { a: string };\n}\n",
    error: "tables.ts: OtherTables must be declared in tables/ and be extended by Tables",
  },
  {
    what: "an area that is not there",
    after: (sources) => new Map([...sources].filter(([path]) => path !== "tables/people.ts")),
    error: "tables.ts: PeopleTables must be declared",
  },
  {
    what: "a Tables of another form",
    after: (sources) => new Map(sources).set("tables.ts", "export type Tables = PeopleTables & ThingsTables;\n"),
    error: "tables.ts: expected `export interface Tables extends",
  },
];

for (const { what, type = "string", before = "", after = (sources: TableSources) => sources, error } of REFUSED) {
  test(`refuses ${what}`, async () => {
    await expect(declaredTables(after(sourcesWith(type, before)))).rejects.toThrow(error);
  });
}

test("leaves no declared column unread", async () => {
  const tables = await declaredTables(readTableSources());
  // Counted another way: by the lines and one-line tables between the braces of the areas' interfaces.
  const bodies = [...readTableSources()].flatMap(([, text]) => [...text.matchAll(/^export interface \w+Tables \{\n([\s\S]*?)^\}$/gm)]);
  const code = bodies.map(([, body]) => (body ?? "").replaceAll(/\/\*\*[\s\S]*?\*\//g, "")).join("");
  const long = [...code.matchAll(/^ {4}(\w+): /gm)].length;
  const short = [...code.matchAll(/^ {2}\w+: \{ (.*) \};$/gm)].flatMap(([, columns]) => (columns ?? "").split("; ")).length;
  expect([...tables.values()].reduce((sum, columns) => sum + columns.size, 0)).toBe(long + short);
});
