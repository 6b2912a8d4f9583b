import type { Kysely, Transaction } from "kysely";
import type { EventBus, StoreEvent } from "../database/events.ts";
import type { Dialect } from "../database/migrations/column-types.ts";
import type { Tables } from "../database/tables.ts";
import type { Encryption } from "../encryption/envelope.ts";
import type { Stamp } from "./exact-cache.ts";
import type { Guard } from "./guard.ts";

/** What every part of an open store shares. */
export interface StoreCore {
  readonly db: Kysely<Tables>;
  readonly dialect: Dialect;
  readonly encryption: Encryption;
  readonly events: EventBus;
  readonly now: () => Date;
  /** Of the tables that authentication reads (see `Sqlite`). Undefined on PostgreSQL, where asking would cost as much as reading them. */
  readonly stamp: Stamp | undefined;
  /** A new UUID, of whatever kind the caller is making. */
  readonly newId: <T extends string>() => T;
  /**
   * One transaction: all of `work` and its events, or nothing. Inside, only `tx.db` may be asked: SQLite has one connection, and
   * anything else would wait for itself.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** The shared parts and the subject for whom they work. */
export interface StoreContext extends StoreCore {
  readonly guard: Guard;
}

export interface Tx {
  readonly db: Transaction<Tables>;
  /** Goes out when the transaction is committed, and only then. */
  publish(event: StoreEvent): void;
}

export function writer(db: Kysely<Tables>, events: EventBus): StoreCore["write"] {
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
