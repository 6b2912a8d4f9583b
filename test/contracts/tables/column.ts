/** A column, as its declaration and the database both can be put. */

/** Kinds of JavaScript values, told apart as far as a database does. */
export type ColumnKind = "text" | "uuid" | "number" | "boolean" | "time" | "bytes" | "json";

/** Who gives a new row its value: whoever inserts it, the database unless they do, or the database alone. */
export type FilledBy = "caller" | "default" | "expression";

export interface Column {
  /** One for a declaration; of a database's column all that it can hold, for SQLite keeps UUIDs as text. */
  readonly kinds: readonly ColumnKind[];
  /** What it is called where it was read, for findings. */
  readonly type: string;
  readonly nullable: boolean;
  readonly filledBy: FilledBy;
  /** All texts that it can hold, sorted, where that is known. */
  readonly words: readonly string[] | undefined;
}

/** Table → column → what it is like. */
export type TablesByName = ReadonlyMap<string, ReadonlyMap<string, Column>>;
