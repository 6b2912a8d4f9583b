/** Conditions on text and on JSON lists, the same in both databases. Columns come from our own code, never from a request. */
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Dialect } from "./migrations/column-types.ts";

/** No searched column is longer, and SQLite refuses patterns that are too long. */
const MAX_NEEDLE_LENGTH = 512;

/** Whether the column's text contains the needle, in any letter case. */
export function containsText(dialect: Dialect, column: string, needle: string): RawBuilder<SqlBool> {
  const lower = needle.toLowerCase();
  // PostgreSQL accepts no zero byte, and no column contains one.
  if (lower.length > MAX_NEEDLE_LENGTH || lower.includes("\0")) return sql`false`;
  const text = sql`lower(${sql.ref(column)})`;
  // SQLite's lower() ignores letters beyond ASCII, and so does PostgreSQL's with locale C, so the pattern contains both cases.
  if (dialect === "sqlite") return sql`${text} glob ${`*${[...lower].map((letter) => eitherCase(letter) ?? globbed(letter)).join("")}*`}`;
  if (/^[ -~]*$/.test(lower)) return sql`strpos(${text}, ${lower}) > 0`;
  return sql`${text} ~ ${[...lower].map((letter) => eitherCase(letter) ?? literal(letter)).join("")}`;
}

/** Returns a class of both cases of a letter beyond ASCII, which is written the same in patterns of both databases. */
function eitherCase(letter: string): string | undefined {
  const upper = letter.toUpperCase();
  return letter > "~" && upper !== letter && [...upper].length === 1 ? `[${letter}${upper}]` : undefined;
}

function globbed(letter: string): string {
  return "*?[".includes(letter) ? `[${letter}]` : letter;
}

function literal(letter: string): string {
  return /[!-/:-@[-`{-~]/.test(letter) ? `\\${letter}` : letter;
}

export function isOneOf(column: string, values: readonly string[]): RawBuilder<SqlBool> {
  return values.length === 0 ? sql`false` : sql`${sql.ref(column)} in (${sql.join(values)})`;
}

/** Whether a JSON list of texts contains at least one of these. */
export function listsAny(dialect: Dialect, column: string, values: readonly string[]): RawBuilder<SqlBool> {
  if (values.length === 0) return sql`false`;
  return dialect === "sqlite"
    ? sql`exists (select 1 from json_each(${sql.ref(column)}) as listed where listed.value in (${sql.join(values)}))`
    : sql`${sql.ref(column)} ?| array[${sql.join(values)}]::text[]`;
}
