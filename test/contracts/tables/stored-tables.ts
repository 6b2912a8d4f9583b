/** The tables, as a database has them. */
import { type Kysely, sql } from "kysely";
import type { Database } from "#server/database/database.ts";
import type { Tables } from "#server/database/tables.ts";
import type { Column, ColumnKind, FilledBy, TablesByName } from "./column.ts";

/** The migrations' own record, which no query of the server's asks. */
const NOT_OURS = "schema_migrations";

export async function storedTables({ db, dialect }: Pick<Database, "db" | "dialect">): Promise<TablesByName> {
  const rows = dialect === "sqlite" ? await sqliteColumns(db) : await postgresColumns(db);
  const tables = new Map<string, Map<string, Column>>();
  for (const { table, name, column } of rows) {
    if (table === NOT_OURS) continue;
    tables.set(table, (tables.get(table) ?? new Map<string, Column>()).set(name, column));
  }
  return tables;
}

interface Found {
  readonly table: string;
  readonly name: string;
  readonly column: Column;
}

/** By the names that column-types.ts gives them, by which codec.ts decodes: SQLite itself would take any. */
const SQLITE_KINDS: Readonly<Record<string, readonly ColumnKind[]>> = {
  text: ["text", "uuid"],
  integer: ["number"],
  boolean: ["boolean"],
  timestamp: ["time"],
  blob: ["bytes"],
  json: ["json"],
};

async function sqliteColumns(db: Kysely<Tables>): Promise<Found[]> {
  const { rows } = await sql<{
    table: string;
    name: string;
    type: string;
    not_null: number;
    default_value: string | null;
    /** Place in the primary key, from 1; 0 outside. */
    key_place: number;
    key_length: number;
    /** 2 and 3: generated, virtual or stored. */
    hidden: number;
  }>`
    select t.name as "table", c.name, lower(c.type) as type, c."notnull" as not_null, c.dflt_value as default_value, c.pk as key_place,
      (select count(*) from pragma_table_xinfo(t.name) as k where k.pk > 0) as key_length, c.hidden
    from pragma_table_list as t join pragma_table_xinfo(t.name) as c
    where t.schema = 'main' and t.name not like 'sqlite\\_%' escape '\\'`.execute(db);
  return rows.map(({ table, name, type, not_null, default_value, key_place, key_length, hidden }) => {
    // Another name of the row's number, which SQLite counts up.
    const isRowNumber = type === "integer" && key_place === 1 && key_length === 1;
    const filledBy: FilledBy = hidden >= 2 ? "expression" : default_value !== null || isRowNumber ? "default" : "caller";
    // By an old mistake that SQLite keeps, a primary key of one text column may be null; nothing ever writes one.
    const nullable = not_null === 0 && key_place === 0;
    return { table, name, column: { kinds: SQLITE_KINDS[type] ?? [], type, nullable, filledBy, words: undefined } };
  });
}

const POSTGRES_KINDS: Readonly<Record<string, readonly ColumnKind[]>> = {
  text: ["text"],
  uuid: ["uuid"],
  integer: ["number"],
  bigint: ["number"],
  boolean: ["boolean"],
  "timestamp with time zone": ["time"],
  bytea: ["bytes"],
  jsonb: ["json"],
};

async function postgresColumns(db: Kysely<Tables>): Promise<Found[]> {
  const { rows } = await sql<{
    table: string;
    name: string;
    type: string;
    not_null: boolean;
    has_default: boolean;
    is_identity: boolean;
    /** The expression is the only one to fill it: a generated column, or an identity that takes no other value. */
    is_expression: boolean;
    /** Of an enum. */
    words: string[] | null;
  }>`
    select t.relname as "table", c.attname as name, format_type(c.atttypid, c.atttypmod) as type, c.attnotnull as not_null,
      c.atthasdef as has_default, c.attidentity <> '' as is_identity, c.attgenerated <> '' or c.attidentity = 'a' as is_expression,
      (select array_agg(e.enumlabel::text) from pg_enum as e where e.enumtypid = c.atttypid) as words
    from pg_class as t join pg_attribute as c on c.attrelid = t.oid
    where t.relnamespace = current_schema()::regnamespace and t.relkind in ('r', 'p', 'v', 'm', 'f') and c.attnum > 0
      and not c.attisdropped`.execute(db);
  return rows.map(({ table, name, type, not_null, has_default, is_identity, is_expression, words }) => {
    const filledBy: FilledBy = is_expression ? "expression" : has_default || is_identity ? "default" : "caller";
    const kinds: readonly ColumnKind[] = words === null ? (POSTGRES_KINDS[type] ?? []) : ["text"];
    return { table, name, column: { kinds, type, nullable: !not_null, filledBy, words: words?.toSorted() } };
  });
}
