/**
 * Makes SQLite and PostgreSQL return the same JavaScript values. To the database go `Date`s, booleans, bytes, and every other object or
 * array as JSON. From the database, PostgreSQL's values are decoded by its column types, and SQLite's by the types that the migrations
 * declare, which SQLite keeps but does not enforce.
 */
import { types } from "pg";

/** SQLite stores a time as milliseconds since the epoch, and a boolean as 0 or 1. */
export function toSqlite(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "boolean") return value ? 1 : 0;
  return toPostgres(value);
}

export function toPostgres(value: unknown): unknown {
  if (value instanceof Date || value instanceof Buffer || value === null || typeof value !== "object") return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return JSON.stringify(value);
}

type Decode = (stored: unknown) => unknown;

const SQLITE_DECODERS: Readonly<Record<string, Decode>> = {
  timestamp: (stored) => (typeof stored === "number" ? new Date(stored) : stored),
  boolean: (stored) => (typeof stored === "number" ? stored !== 0 : stored),
  json: (stored) => (typeof stored === "string" ? JSON.parse(stored) : stored),
};

/** Decodes rows in place. @param columns as better-sqlite3 describes a statement's result */
export function sqliteRowDecoder(columns: readonly { readonly name: string; readonly type: string | null }[]): (row: unknown) => void {
  const decoders = columns.flatMap(({ name, type }) => {
    const decode = type === null ? undefined : SQLITE_DECODERS[type.toLowerCase()];
    return decode === undefined ? [] : [{ name, decode }];
  });
  return (row) => {
    if (!isRecord(row)) return;
    for (const { name, decode } of decoders) row[name] = decode(row[name]);
  };
}

function isRecord(row: unknown): row is Record<string, unknown> {
  return typeof row === "object" && row !== null;
}

/** Returns `bigint` columns and counts as numbers: ours stay far below 2^53. */
export const POSTGRES_TYPES = {
  getTypeParser: (oid: number, format?: "text" | "binary"): unknown =>
    oid === types.builtins.INT8 || oid === types.builtins.NUMERIC ? Number : types.getTypeParser(oid, format),
};
