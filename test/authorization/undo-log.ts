import { type Kysely, sql } from "kysely";
import type { Tables } from "#server/database/tables.ts";

/** Puts a SQLite database back to how it was, which for a request's few rows costs less than a database for each request. */
export interface UndoLog {
  /** Takes back every change since the last call of either. @returns how many rows had been changed */
  undo(): Promise<number>;
  /** Keeps the changes since the last call of either. */
  keep(): Promise<void>;
}

/**
 * Triggers write down the statement that takes each change back. They belong to this connection, which is the store's only one, and
 * also see what foreign keys do.
 */
export async function openUndoLog(db: Kysely<Tables>): Promise<UndoLog> {
  await sql`create temp table undo_log (number integer primary key, statement text not null)`.execute(db);
  const { rows: tables } = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`.execute(db);
  for (const { name } of tables) for (const trigger of await triggersOf(db, name)) await sql.raw(trigger).execute(db);
  const forget = async (): Promise<void> => {
    await sql`delete from undo_log`.execute(db);
  };
  return {
    keep: forget,
    undo: async () => {
      const { rows } = await sql<{ statement: string }>`select statement from undo_log order by number desc`.execute(db);
      if (rows.length === 0) return 0;
      // Half-way back, a row may point at one that is not there again yet.
      await sql`pragma foreign_keys = off`.execute(db);
      await db.transaction().execute(async (trx) => {
        for (const { statement } of rows) await sql.raw(statement).execute(trx);
      });
      await sql`pragma foreign_keys = on`.execute(db);
      await forget();
      return rows.length;
    },
  };
}

async function triggersOf(db: Kysely<Tables>, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(db);
  const columns = rows.map(({ name }) => name);
  const listed = columns.map((column) => `"${column}"`).join();
  const old = columns.map((column) => `quote(old."${column}")`).join(" || ',' || ");
  const set = columns.map((column) => `'"${column}" = ' || quote(old."${column}")`).join(" || ',' || ");
  const log = (event: string, statement: string): string =>
    `create temp trigger "undo_${event}_${table}" after ${event} on main."${table}" begin
       insert into undo_log (statement) values (${statement}); end`;
  return [
    log("insert", `'delete from "${table}" where rowid = ' || new.rowid`),
    log("update", `'update "${table}" set ' || ${set} || ' where rowid = ' || new.rowid`),
    log("delete", `'insert into "${table}" (rowid,${listed}) values (' || old.rowid || ',' || ${old} || ')'`),
  ];
}

/** All rows of all tables, to compare. SQLite's own are left out: numbers that were given once are not given again. */
export async function allRows(db: Kysely<Tables>): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { rows: tables } = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name`.execute(db);
  const found: Record<string, readonly unknown[]> = {};
  for (const { name } of tables) found[name] = (await sql.raw(`select rowid, * from "${name}" order by rowid`).execute(db)).rows;
  return found;
}
