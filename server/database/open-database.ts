import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { DecryptionError, type Encryption } from "../encryption/envelope.ts";
import { EncryptionKeyError } from "../encryption/key-file.ts";
import { type Database, writer } from "./database.ts";
import { type EventBus, localEvents, postgresEvents } from "./events.ts";
import type { Dialect } from "./migrations/column-types.ts";
import { migrate } from "./migrations/migrate.ts";
import { openPostgres } from "./postgres.ts";
import { seed } from "./seed.ts";
import { openSqlite } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

export interface OpenDatabaseOptions {
  /** `postgres://…`, or the path of a SQLite file. */
  readonly database: { readonly kind: "postgres"; readonly url: string } | { readonly kind: "sqlite"; readonly path: string };
  readonly encryption: Encryption;
  /** Default: the system's clock. */
  readonly now?: () => Date;
  /** Makes a UUID. Default: random ones. */
  readonly newId?: () => string;
  /** Hears of broken connections, which the store mends by itself. */
  readonly onError: (error: unknown) => void;
  /** Whoever keeps what was made of rows of these tables asks `stamp` whether they may have changed. */
  readonly watched: readonly (keyof Tables)[];
}

/** Closing ends subscriptions and connections; closing twice is harmless. */
export interface OpenDatabase extends AsyncDisposable {
  readonly database: Database;
  /** A UUID made once for this deployment. */
  readonly deploymentId: string;
  /** Answers when the database does. For `/healthz`. @throws StoreUnavailableError */
  ping(): Promise<void>;
}

/**
 * Opens the database, brings its schema to this program's level, and gives a first deployment its organization.
 *
 * @throws DatabaseNewerError, EncryptionKeyError when the database was sealed with a key that is not here, StoreUnavailableError
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  await using opened = new AsyncDisposableStack();
  // A connection that breaks while it is being closed is nobody's concern.
  let isClosing = false;
  const onError = (error: unknown): void => {
    if (!isClosing) options.onError(error);
  };
  const { dialect, db, stamp, openEvents } = connect({ ...options, onError });
  opened.defer(() => db.destroy());
  const now = options.now ?? (() => new Date());
  const newUuid = options.newId ?? randomUUID;
  // The one place where an id is not parsed: it was made here, and its maker says what it is for.
  const newId = <T extends string>(): T => newUuid() as T;

  let deploymentId = "";
  await migrate(db, { dialect, now }, async (trx) => {
    deploymentId = await seed(trx, { now, newId });
    await checkKey(trx, options.encryption);
  });
  const events = opened.use(await openEvents());
  const database: Database = { db, dialect, stamp, events, now, newId, encryption: options.encryption, write: writer(db, events) };
  const owned = opened.move();
  return {
    database,
    deploymentId,
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    [Symbol.asyncDispose]: () => {
      isClosing = true;
      return owned.disposeAsync();
    },
  };
}

function connect({ database, watched, onError }: OpenDatabaseOptions): {
  readonly dialect: Dialect;
  readonly db: Kysely<Tables>;
  readonly stamp: Database["stamp"];
  readonly openEvents: () => Promise<EventBus>;
} {
  if (database.kind === "sqlite") {
    const sqlite = openSqlite(database.path, { watched });
    return { dialect: "sqlite", ...sqlite, openEvents: async () => localEvents() };
  }
  const postgres = openPostgres(database.url, onError);
  const openEvents = () => postgresEvents({ connect: postgres.connect, onError });
  return { dialect: "postgres", db: postgres.db, stamp: undefined, openEvents };
}

const KEY_CHECK = "encryption_check";

/** A known text, sealed at the first start: better to fail now than at the first read of a secret. */
async function checkKey(db: Kysely<Tables>, encryption: Encryption): Promise<void> {
  const known = await db.selectFrom("site_configs").select("value").where("key", "=", KEY_CHECK).executeTakeFirst();
  if (known === undefined) {
    const value = Buffer.from(encryption.seal(KEY_CHECK, Buffer.from("proviso"))).toString("base64");
    await db.insertInto("site_configs").values({ key: KEY_CHECK, value }).execute();
    return;
  }
  try {
    encryption.open(KEY_CHECK, Buffer.from(known.value, "base64"));
  } catch (cause) {
    if (!(cause instanceof DecryptionError)) throw cause;
    throw new EncryptionKeyError(
      `this database was encrypted with another key than ${encryption.keyId}, which is configured: restore the key that belongs to it`,
      { cause },
    );
  }
}
