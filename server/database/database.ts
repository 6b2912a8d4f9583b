/**
 * An open database: the room of everything that knows a dialect, a table or a transaction, and nothing of who asks.
 *
 * Where things are: open-database.ts opens SQLite or PostgreSQL · tables.ts all tables, and tables/ each area's · migrations/ the schema ·
 * events.ts who is told of a change · locks.ts, paging.ts, text-search.ts what queries share. Rows keep the names of their columns.
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
  /** Of the watched tables (see `OpenDatabaseOptions`). Undefined on PostgreSQL, where asking would cost as much as reading them. */
  readonly stamp: Stamp | undefined;
  /** A new UUID, of whatever kind the caller is making. */
  readonly newId: <T extends string>() => T;
  /**
   * One transaction: all of `work` and its events, or nothing. Inside, only `tx.db` may be asked: SQLite has one connection, and
   * anything else would wait for itself.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface Tx {
  readonly db: Transaction<Tables>;
  /** Goes out when the transaction is committed, and only then. */
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
