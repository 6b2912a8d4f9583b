/** Conditions on text and on lists in JSON, the same in both databases. Columns come from our own code, never from a request. */
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Dialect } from "./migrations/column-types.ts";

/** No column that is searched holds more, and SQLite refuses patterns without end. */
const MAX_NEEDLE_LENGTH = 512;

/** Whether the column's text holds the needle, in any letter case. */
export function containsText(dialect: Dialect, column: string, needle: string): RawBuilder<SqlBool> {
  const lower = needle.toLowerCase();
  // PostgreSQL takes no zero byte, and no column holds one.
  if (lower.length > MAX_NEEDLE_LENGTH || lower.includes("\0")) return sql`false`;
  if (dialect === "postgres") return sql`strpos(lower(${sql.ref(column)}), ${lower}) > 0`;
  // SQLite's lower() leaves letters beyond ASCII alone, so those are looked for in both cases.
  return sql`lower(${sql.ref(column)}) glob ${`*${[...lower].map(globOf).join("")}*`}`;
}

function globOf(letter: string): string {
  const upper = letter.toUpperCase();
  if (upper !== letter && /[^a-z]/.test(letter) && [...upper].length === 1) return `[${letter}${upper}]`;
  return "*?[".includes(letter) ? `[${letter}]` : letter;
}

export function isOneOf(column: string, values: readonly string[]): RawBuilder<SqlBool> {
  return values.length === 0 ? sql`false` : sql`${sql.ref(column)} in (${sql.join(values)})`;
}

/** Whether a JSON list of texts holds at least one of these. */
export function listsAny(dialect: Dialect, column: string, values: readonly string[]): RawBuilder<SqlBool> {
  if (values.length === 0) return sql`false`;
  return dialect === "sqlite"
    ? sql`exists (select 1 from json_each(${sql.ref(column)}) as listed where listed.value in (${sql.join(values)}))`
    : sql`${sql.ref(column)} ?| array[${sql.join(values)}]::text[]`;
}
