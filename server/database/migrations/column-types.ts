/** The names of our column types in a database. SQLite enforces none of them, but keeps the names, by which codec.ts decodes. */
export interface ColumnTypes {
  readonly dialect: Dialect;
  readonly id: string;
  readonly time: string;
  readonly json: string;
  readonly bytes: string;
  readonly long: string;
  /** An increasing number as primary key; numbers are never reused. */
  readonly serial: string;
}

export type Dialect = "sqlite" | "postgres";

export const COLUMN_TYPES: Readonly<Record<Dialect, ColumnTypes>> = {
  sqlite: {
    dialect: "sqlite",
    id: "text",
    time: "timestamp",
    json: "json",
    bytes: "blob",
    long: "integer",
    serial: "integer primary key autoincrement",
  },
  postgres: {
    dialect: "postgres",
    id: "uuid",
    time: "timestamptz",
    json: "jsonb",
    bytes: "bytea",
    long: "bigint",
    serial: "bigserial primary key",
  },
};

/** A step of the schema. Once released, it never changes; its number is its place in the list. */
export interface Migration {
  readonly name: string;
  /** SQL that both databases understand, except for the types. */
  statements(types: ColumnTypes): readonly string[];
}
