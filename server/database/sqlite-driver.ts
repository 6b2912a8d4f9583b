import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import { LockWait } from "./lock-wait.ts";

/** A prepared statement. Values and errors are already translated. */
export interface SqliteStatement {
  /** Returns rows. */
  readonly reader: boolean;
  /** Changes nothing. */
  readonly readonly: boolean;
  all(parameters: readonly unknown[]): unknown[];
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}

export interface SqliteHandle {
  readonly inTransaction: boolean;
  /** Throws if what would be written now could not be found again. */
  beforeWrite(): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/**
 * Shares the one connection to SQLite: a statement at a time, or a whole transaction. Nobody keeps it while waiting for a lock that another
 * program holds, so those who only read go on reading: in WAL mode, a writer does not block them.
 */
export class SqliteDriver implements Driver {
  readonly #handle: SqliteHandle;
  readonly #turns: Turns;
  readonly #reads = new LockWait();
  readonly #writes: LockWait;

  private constructor(handle: SqliteHandle, turns: Turns, writes: LockWait) {
    this.#handle = handle;
    this.#turns = turns;
    this.#writes = writes;
  }

  /** @returns a driver whose writes wait for locks, and one whose writes do not, on the same connection. Either of them closes it. */
  static open(handle: SqliteHandle): { readonly patient: SqliteDriver; readonly hasty: SqliteDriver } {
    const turns = new Turns();
    return {
      patient: new SqliteDriver(handle, turns, new LockWait()),
      hasty: new SqliteDriver(handle, turns, new LockWait({ patienceMs: 0 })),
    };
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Connection> {
    return new Connection((query) => this.#executeAlone(query));
  }

  /** Takes the write lock at the start: a transaction that reads first and writes later could otherwise fail halfway. */
  async beginTransaction(connection: Connection): Promise<void> {
    await this.#writes.run(async () => {
      await this.#turns.take();
      try {
        this.#handle.beforeWrite();
        this.#execute("begin immediate");
      } catch (error) {
        this.#turns.pass();
        throw error;
      }
    });
    connection.execute = async ({ sql, parameters }) => this.#execute(sql, parameters);
    connection.isInTransaction = true;
  }

  async commitTransaction(): Promise<void> {
    this.#execute("commit");
  }

  async rollbackTransaction(): Promise<void> {
    // On a full disk, for instance, SQLite has already rolled back: another rollback would fail, and hide the reason.
    if (this.#handle.inTransaction) this.#execute("rollback");
  }

  async releaseConnection(connection: Connection): Promise<void> {
    if (connection.isInTransaction) this.#turns.pass();
    connection.isInTransaction = false;
  }

  async destroy(): Promise<void> {
    this.#handle.close();
  }

  async #executeAlone({ sql, parameters }: CompiledQuery): Promise<QueryResult<unknown>> {
    const { readonly } = await this.#reads.run(async () => this.#handle.prepare(sql));
    return (readonly ? this.#reads : this.#writes).run(async () => {
      await this.#turns.take();
      try {
        if (!readonly) this.#handle.beforeWrite();
        return this.#execute(sql, parameters);
      } finally {
        this.#turns.pass();
      }
    });
  }

  #execute(sql: string, parameters: readonly unknown[] = []): QueryResult<unknown> {
    const statement = this.#handle.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] };
  }
}

class Connection implements DatabaseConnection {
  execute: (query: CompiledQuery) => Promise<QueryResult<unknown>>;
  isInTransaction = false;

  constructor(execute: (query: CompiledQuery) => Promise<QueryResult<unknown>>) {
    this.execute = execute;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // Kysely knows what the rows of its query are.
    return this.execute(query) as Promise<QueryResult<R>>;
  }

  streamQuery(): never {
    throw new Error("streaming rows is not supported");
  }
}

/** Gives something to one after another, in the order in which they ask. */
class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  async take(): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }

  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
