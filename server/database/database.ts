/**
 * An open database. This folder contains everything that knows a dialect, a table or a transaction, and knows nothing about who asks.
 *
 * Where things are: open-database.ts opens SQLite or PostgreSQL · tables.ts all tables, and tables/ those of each area · migrations/ the
 * schema · events.ts notifications of changes · locks.ts, paging.ts, text-search.ts what queries share. Rows keep the names of their columns.
 */
import type { Kysely, Transaction } from "kysely";
import type { Encryption } from "../encryption/envelope.ts";
import type { EventBus, StoreEvent } from "./events.ts";
import type { Dialect } from "./migrations/column-types.ts";
import type { Stamp } from "./stamp.ts";
import type { Tables } from "./tables.ts";

export interface Database {
  readonly db: Kysely<Tables>;
  readonly dialect: Dialect;
  readonly encryption: Encryption;
  readonly events: EventBus;
  readonly now: () => Date;
  /**
   * The stamp of the watched tables (see `OpenDatabaseOptions`). Undefined on PostgreSQL, where asking would cost as much as reading them.
   */
  readonly stamp: Stamp | undefined;
  /** Creates a UUID, of the kind that the caller needs. */
  readonly newId: <T extends string>() => T;
  /**
   * Runs one transaction: all of `work` and its events, or nothing. Inside it, use only `tx.db`: SQLite has one connection, so anything
   * else would wait for the transaction itself.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Does the same, but fails at once if another program has locked the database, where `write` waits for two seconds. For what may be left
   * out: somebody who only reads must not wait for it. PostgreSQL has no such lock.
   */
  writeUnlessLocked<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface Tx {
  readonly db: Transaction<Tables>;
  /** Sends the event when the transaction is committed, and only then. */
  publish(event: StoreEvent): void;
}

export function writer(db: Kysely<Tables>, events: EventBus): Database["write"] {
  return async (work) => {
    const published: StoreEvent[] = [];
    const result = await db.transaction().execute(async (trx) => {
      const answer = await work({ db: trx, publish: (event) => published.push(event) });
      await events.beforeCommit(trx, published);
      return answer;
    });
    events.afterCommit(published);
    return result;
  };
}
