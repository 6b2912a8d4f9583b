import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";
import { COLUMN_TYPES, type Dialect, type Migration } from "./column-types.ts";
import { readMigrations } from "./read-migrations.ts";

/** The migrations in order; a migration's number is its place, starting at 1. */
export const MIGRATIONS: readonly Migration[] = await readMigrations(import.meta.dirname);

/** The database was written by a newer program, and this one would not understand it. */
export class DatabaseNewerError extends Error {
  override readonly name = "DatabaseNewerError";
  constructor(found: number, known: number, options?: ErrorOptions) {
    super(
      `the database is at schema ${found}, but this program only knows schema ${known}: start the newer program, or restore an older backup`,
      options,
    );
  }
}

/** An arbitrary number for our schema among PostgreSQL's advisory locks. */
const LOCK = 0x70726f76; // "prov"

/**
 * Brings the schema to this program's version, completely or not at all. Several servers may start at once: one migrates, the others wait.
 *
 * @param then runs in the same transaction, on the finished schema
 * @throws DatabaseNewerError
 */
export async function migrate(
  db: Kysely<Tables>,
  options: { readonly dialect: Dialect; readonly now: () => Date; readonly migrations?: readonly Migration[] },
  then: (db: Kysely<Tables>) => Promise<void>,
): Promise<void> {
  const { dialect, now, migrations = MIGRATIONS } = options;
  const types = COLUMN_TYPES[dialect];
  await db.transaction().execute(async (trx) => {
    if (dialect === "postgres") await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(trx);
    await sql`create table if not exists schema_migrations (
      number integer primary key, name text not null, applied_at ${sql.raw(types.time)} not null
    )`.execute(trx);
    const { rows } = await sql<{ number: number }>`select max(number) as number from schema_migrations`.execute(trx);
    const level = rows[0]?.number ?? 0;
    if (level > migrations.length) throw new DatabaseNewerError(level, migrations.length);
    for (const [index, migration] of migrations.entries()) {
      if (index < level) continue;
      for (const statement of migration.statements(types)) await sql.raw(statement).execute(trx);
      await sql`insert into schema_migrations (number, name, applied_at) values (${index + 1}, ${migration.name}, ${now()})`.execute(trx);
    }
    await then(trx);
  });
}
