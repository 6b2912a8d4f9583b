import { DatabaseSync } from "node:sqlite";
import pg from "pg";

export interface StoredRow {
  readonly table: string;
  readonly bytes: Buffer;
}

/** Every row of every table, its columns one after another as they are stored. */
export async function storedRows(location: { readonly sqlite: string } | { readonly postgres: string }): Promise<readonly StoredRow[]> {
  return "sqlite" in location ? ofSqlite(location.sqlite) : ofPostgres(location.postgres);
}

function ofSqlite(path: string): readonly StoredRow[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database.prepare("select name from sqlite_master where type = 'table'").all();
    return tables.flatMap(({ name }) =>
      database
        .prepare(`select * from "${name}"`)
        .all()
        .map((row) => rowOf(String(name), Object.values(row))),
    );
  } finally {
    database.close();
  }
}

async function ofPostgres(connectionString: string): Promise<readonly StoredRow[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows: tables } = await client.query("select tablename from pg_tables where schemaname = 'public'");
    const found: StoredRow[] = [];
    for (const { tablename } of tables) {
      const { rows } = await client.query({ text: `select * from "${tablename}"`, rowMode: "array" });
      found.push(...rows.map((row: unknown[]) => rowOf(tablename, row)));
    }
    return found;
  } finally {
    await client.end();
  }
}

function rowOf(table: string, values: readonly unknown[]): StoredRow {
  const bytes = values.map((value) => {
    if (value instanceof Uint8Array) return Buffer.from(value);
    return Buffer.from(typeof value === "object" ? JSON.stringify(value) : String(value));
  });
  return { table, bytes: Buffer.concat(bytes.flatMap((one) => [one, Buffer.from("\n")])) };
}
