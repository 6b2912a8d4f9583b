import { type Expression, type SqlBool, sql } from "kysely";

/** Text from programs, as a database takes it: PostgreSQL refuses zero bytes, and nobody misses them. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u{FFFD}");
}

/** For `where`: the column has this text somewhere in it, in whatever letter case. */
export function contains(column: string, text: string): Expression<SqlBool> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
}
