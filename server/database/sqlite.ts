import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from "kysely";
import { sqliteRowDecoder, toSqlite } from "./codec.ts";
import { translateSqliteError } from "./failures.ts";
import type { Stamp } from "./stamp.ts";
import type { Tables } from "./tables.ts";
import { watchCommits } from "./wal-index.ts";

/** More than the number of different statements that the server has. */
const STATEMENTS_KEPT = 500;

export interface Sqlite {
  readonly db: Kysely<Tables>;
  /**
   * A number that changes whenever a row of the watched tables may have changed: in this process immediately, with the statement that
   * writes, and in another process with its commit, whatever that wrote. Costs a microsecond.
   */
  readonly stamp: Stamp;
}

/**
 * Opens a database file; creates it and its directory if missing, for their owner only. There is one connection: Kysely's mutex lets one
 * transaction run at a time, so inside a transaction use only that transaction.
 */
export function openSqlite(path: string, { watched }: { readonly watched: readonly (keyof Tables)[] }): Sqlite {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite gives its journal files the mode of the database file, so the mode must be right before SQLite opens the file.
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  // Another program, such as a backup, may hold the lock for a moment. Waiting for it blocks this process, so the wait is short.
  const database = new Database(path, { timeout: 2_000 });
  try {
    database.pragma("journal_mode = WAL");
    // An acknowledged write survives a power cut; NORMAL would lose the last ones in WAL mode.
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    database.pragma("trusted_schema = OFF");
  } catch (error) {
    database.close();
    throw translateSqliteError(error);
  }
  let stamp = 0;
  const dialectDatabase = wrap(database, { watched, onWrite: () => void stamp++ });
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => immediate(new SqliteDriver({ database: dialectDatabase }), () => database.inTransaction),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  // Differs from one call to the next if another connection has committed in the meantime; our own writes do not change it.
  const dataVersion = database.prepare<[], number>("pragma data_version").pluck();
  let seenVersion = dataVersion.get();
  const mayHaveCommitted = watchCommits(path);
  const look = (): number => {
    if (!mayHaveCommitted()) return stamp;
    const version = dataVersion.get();
    if (version !== seenVersion) stamp++;
    seenVersion = version;
    return stamp;
  };
  return { db, stamp: Object.assign(look, { own: () => stamp }) };
}

/** Takes the write lock at the start: a transaction that reads first and writes later could otherwise fail halfway. */
function immediate(driver: SqliteDriver, isInTransaction: () => boolean): Driver {
  driver.beginTransaction = async (connection: DatabaseConnection) => {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  };
  driver.rollbackTransaction = async (connection: DatabaseConnection) => {
    // On a full disk, for instance, SQLite has already rolled back: another rollback would fail, and hide the reason.
    if (isInTransaction()) await connection.executeQuery(CompiledQuery.raw("rollback"));
  };
  return driver;
}

interface Watch {
  readonly watched: readonly string[];
  /** Runs before a statement that may write to one of the tables. */
  readonly onWrite: () => void;
}

/** Keeps prepared statements, and translates values and errors. */
function wrap(database: Database.Database, { watched, onWrite }: Watch): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  // Tests any statement, not only those that Kysely made: one name too many costs a cache, one too few would make it wrong.
  const namesWatched = new RegExp(`\\b(?:${watched.join("|")})\\b`, "i");
  const attempt = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw translateSqliteError(error);
    }
  };
  const prepare = (sql: string): SqliteStatement => {
    const statement = attempt(() => database.prepare<unknown[], unknown>(sql));
    const writes = !statement.readonly && namesWatched.test(sql);
    let decode: ((row: unknown) => void) | undefined;
    return {
      reader: statement.reader,
      all: (parameters) =>
        attempt(() => {
          if (writes) onWrite();
          const rows = statement.all(...parameters.map(toSqlite));
          decode ??= sqliteRowDecoder(statement.columns());
          for (const row of rows) decode(row);
          return rows;
        }),
      run: (parameters) =>
        attempt(() => {
          if (writes) onWrite();
          return statement.run(...parameters.map(toSqlite));
        }),
      iterate: () => {
        throw new Error("streaming rows is not supported");
      },
    };
  };
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const kept = statements.get(sql);
      if (kept !== undefined) return kept;
      const statement = prepare(sql);
      if (statements.size >= STATEMENTS_KEPT) statements.clear();
      statements.set(sql, statement);
      return statement;
    },
  };
}
