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

/** More different statements than the server has. */
const STATEMENTS_KEPT = 500;

export interface Sqlite {
  readonly db: Kysely<Tables>;
  /**
   * A number that has changed if a row of the watched tables may have: in this process at once, by the statement that writes, and in
   * another one with its commit, whatever that wrote. Costs a microsecond.
   */
  readonly stamp: Stamp;
}

/**
 * A database file and its directory, made if missing, for their owner only. One connection: Kysely's mutex lets one transaction run at
 * a time, so inside a transaction only that transaction may be asked.
 */
export function openSqlite(path: string, { watched }: { readonly watched: readonly (keyof Tables)[] }): Sqlite {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite gives its journal files the mode of the database file, so that has to be right before it opens it.
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  // Another program may hold the lock for a moment, a backup for instance. Waiting for it blocks this process, so not for long.
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
  // Differs from one call to the next if another connection has committed in between; our own writes do not change it.
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

/** Takes the write lock at the start: a transaction that reads first and writes later could otherwise fail half-way in. */
function immediate(driver: SqliteDriver, isInTransaction: () => boolean): Driver {
  driver.beginTransaction = async (connection: DatabaseConnection) => {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  };
  driver.rollbackTransaction = async (connection: DatabaseConnection) => {
    // On a full disk, for instance, SQLite has rolled back already: another try would fail, and hide the reason.
    if (isInTransaction()) await connection.executeQuery(CompiledQuery.raw("rollback"));
  };
  return driver;
}

interface Watch {
  readonly watched: readonly string[];
  /** Runs before a statement that may write to one of them. */
  readonly onWrite: () => void;
}

/** Keeps prepared statements, translates values and errors. */
function wrap(database: Database.Database, { watched, onWrite }: Watch): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  // Of any statement, not only of those that Kysely made: a name too many costs a cache, one too few would make it wrong.
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
        throw new Error("rows are not streamed");
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
