import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import { explainDiskError } from "#disk/disk-error.ts";
import { sqliteRowDecoder, toSqlite } from "./codec.ts";
import { translateSqliteError } from "./failures.ts";
import { requireSameFile } from "./same-file.ts";
import { SqliteDriver, type SqliteHandle, type SqliteStatement } from "./sqlite-driver.ts";
import type { Stamp } from "./stamp.ts";
import type { Tables } from "./tables.ts";
import { watchCommits } from "./wal-index.ts";

/** More than the number of different statements that the server has. */
const STATEMENTS_KEPT = 500;

/** How long SQLite itself waits for another program's lock, which halts this process. */
const OPENING_TIMEOUT_MS = 2_000;

export interface Sqlite {
  readonly db: Kysely<Tables>;
  /** The same database, but what it writes does not wait for locks of other programs. Closing `db` closes it too. */
  readonly hastyDb: Kysely<Tables>;
  /**
   * A number that changes whenever a row of the watched tables may have changed: in this process immediately, with the statement that
   * writes, and in another process with its commit, whatever that wrote. Costs a microsecond.
   */
  readonly stamp: Stamp;
}

/**
 * Opens a database file; creates it and its directory if missing, for their owner only. There is one connection, and one transaction at a
 * time, so inside a transaction use only that transaction.
 *
 * @throws DiskError
 */
export function openSqlite(path: string, { watched }: { readonly watched: readonly (keyof Tables)[] }): Sqlite {
  const database = openFile(path);
  let stamp = 0;
  const handle = wrap(database, { watched, onWrite: () => void stamp++, beforeWrite: requireSameFile(path) });
  const { patient, hasty } = SqliteDriver.open(handle);
  const [db, hastyDb] = [withDriver(patient), withDriver(hasty)];
  // Differs from one call to the next if another connection has committed in the meantime; our own writes do not change it.
  const dataVersion = database.prepare<[], number>("pragma data_version").pluck();
  const readVersion = (): number | undefined => {
    try {
      return dataVersion.get();
    } catch {
      // Locked, for instance: whoever reads the rows themselves waits, and learns what is wrong.
      return undefined;
    }
  };
  let seenVersion = readVersion();
  const mayHaveCommitted = watchCommits(path);
  const look = (): number => {
    if (!mayHaveCommitted()) return stamp;
    const version = readVersion();
    if (version === undefined || version !== seenVersion) stamp++;
    seenVersion = version;
    return stamp;
  };
  return { db, hastyDb, stamp: Object.assign(look, { own: () => stamp }) };
}

function withDriver(driver: SqliteDriver): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new Adapter(),
      createDriver: () => driver,
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

function openFile(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // SQLite gives its journal files the mode of the database file, so the mode must be right before SQLite opens the file. An existing one
    // is not opened here: closing it again would drop the locks that SQLite may have on it in this process.
    if (existsSync(path)) chmodSync(path, 0o600);
    else closeSync(openSync(path, "a", 0o600));
    database = new Database(path, { timeout: OPENING_TIMEOUT_MS });
    database.pragma("journal_mode = WAL");
    // An acknowledged write survives a power cut; NORMAL would lose the last ones in WAL mode.
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    database.pragma("trusted_schema = OFF");
    // From here on, the driver waits for locks.
    database.pragma("busy_timeout = 0");
    return database;
  } catch (error) {
    database?.close();
    throw explainDiskError("The database", path, error);
  }
}

/** The driver itself shares its connection. */
class Adapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

interface Watch extends Pick<SqliteHandle, "beforeWrite"> {
  readonly watched: readonly string[];
  /** Runs before a statement that may write to one of the tables. */
  readonly onWrite: () => void;
}

/** Keeps prepared statements, and translates values and errors. */
function wrap(database: Database.Database, { watched, onWrite, beforeWrite }: Watch): SqliteHandle {
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
      readonly: statement.readonly,
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
    };
  };
  return {
    beforeWrite,
    get inTransaction() {
      return database.inTransaction;
    },
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
