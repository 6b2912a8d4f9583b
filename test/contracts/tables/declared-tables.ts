/** The tables, as server/database/tables/ declares them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Column, FilledBy, TablesByName } from "./column.ts";
import { type Member, readTypes, type TypeNode, type TypeSource } from "./type-source.ts";
import { type Scope, typeValue } from "./type-value.ts";

const DATABASE = join(import.meta.dirname, "../../../server/database");

/** Texts of tables.ts and of the files of tables/, by path from server/database/. */
export type TableSources = ReadonlyMap<string, string>;

export function readTableSources(): TableSources {
  const areas = readdirSync(join(DATABASE, "tables")).map((file) => `tables/${file}`);
  return new Map(["tables.ts", ...areas].map((path) => [path, readFileSync(join(DATABASE, path), "utf8")]));
}

/** @throws Error, mostly with file and line, about anything that it does not understand */
export async function declaredTables(sources: TableSources): Promise<TablesByName> {
  const areas = new Map([...sources].filter(([path]) => path !== "tables.ts").map(([path, text]) => [path, readTypes(path, text)]));
  requireAllJoined(sources.get("tables.ts") ?? "", areas);
  const tables = new Map<string, ReadonlyMap<string, Column>>();
  for (const [path, { types }] of areas)
    for (const node of [...types].flatMap(([name, type]) => (isTables(name) ? [type] : [])))
      for (const { name, type, optional, at } of node.kind === "object" ? node.members : []) {
        if (tables.has(name)) throw new Error(`${at}: the table ${name} is declared twice`);
        if (optional || type.kind !== "object") throw new Error(`${at}: the table ${name} must be an object of columns`);
        const columns = new Map<string, Column>();
        for (const member of type.members) columns.set(member.name, await columnOf(member, { path, areas }));
        tables.set(name, columns);
      }
  return tables;
}

const isTables = (name: string): boolean => name.endsWith("Tables");

/** A table of an area that `Tables` does not extend would be compared here, and be unknown to Kysely. */
function requireAllJoined(root: string, areas: ReadonlyMap<string, TypeSource>): void {
  const [, list] = /^export interface Tables\s+extends ([\w\s,]+)\{\}$/m.exec(root) ?? [];
  if (list === undefined) throw new Error("tables.ts: expected `export interface Tables extends …Tables, … {}`");
  const joined = list.split(",").map((name) => name.trim());
  const declared = [...areas.values()].flatMap(({ types }) => [...types.keys()].filter(isTables));
  const apart = [...new Set(joined).symmetricDifference(new Set(declared))];
  if (apart.length > 0) throw new Error(`tables.ts: ${apart.join(", ")} must be declared in tables/ and be extended by Tables`);
}

async function columnOf({ name, type, optional, at }: Member, scope: Scope): Promise<Column> {
  try {
    if (optional) throw new Error('a column is there or null, never optional: write "| null"');
    const { filledBy, inner } = unwrap(type, scope);
    const { kind, nullable, words } = await typeValue(inner, scope);
    return { kinds: [kind], type: kind, nullable, filledBy, words: words?.toSorted() };
  } catch (cause) {
    throw new Error(`${at}: the column ${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

const WRAPPERS: Readonly<Record<string, FilledBy>> = { Generated: "default", GeneratedAlways: "expression" };

function unwrap(type: TypeNode, { path, areas }: Scope): { readonly filledBy: FilledBy; readonly inner: TypeNode } {
  const wrapper = type.kind === "name" ? areas.get(path)?.imports.get(type.name) : undefined;
  if (type.kind !== "name" || wrapper?.from !== "kysely") return { filledBy: "caller", inner: type };
  const filledBy = WRAPPERS[wrapper.name];
  const [inner, ...more] = type.args;
  if (filledBy === undefined || inner === undefined || more.length > 0)
    throw new Error(`nobody knows what ${type.name} means for a column`);
  return { filledBy, inner };
}
