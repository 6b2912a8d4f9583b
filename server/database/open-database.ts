import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { explainDiskError } from "#disk/disk-error.ts";
import { DecryptionError, type Encryption } from "../encryption/envelope.ts";
import { EncryptionKeyError } from "../encryption/key-file.ts";
import { StoreUnavailableError } from "../errors.ts";
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
  /** Creates a UUID. Default: random ones. */
  readonly newId?: () => string;
  /** Called with errors of broken connections, which the store reopens by itself. */
  readonly onError: (error: unknown) => void;
  /** Code that caches what was made from rows of these tables asks `stamp` whether they may have changed. */
  readonly watched: readonly (keyof Tables)[];
}

/** Closing ends subscriptions and connections; closing twice is harmless. */
export interface OpenDatabase extends AsyncDisposable {
  readonly database: Database;
  /** A UUID created once for this deployment. */
  readonly deploymentId: string;
  /** Resolves when the database answers. For `/healthz`. @throws StoreUnavailableError */
  ping(): Promise<void>;
}

/**
 * Opens the database, brings its schema to this program's version, and creates the default organization of a new deployment.
 *
 * @throws DatabaseNewerError, EncryptionKeyError if the database was sealed with a key that is not configured, DiskError for SQLite,
 *   StoreUnavailableError for PostgreSQL
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  await using opened = new AsyncDisposableStack();
  // Errors of a connection that breaks while it is being closed do not matter.
  let isClosing = false;
  const onError = (error: unknown): void => {
    if (!isClosing) options.onError(error);
  };
  const { dialect, db, hastyDb, stamp, openEvents } = connect({ ...options, onError });
  opened.defer(() => db.destroy());
  const now = options.now ?? (() => new Date());
  const newUuid = options.newId ?? randomUUID;
  // The only place where an id is not parsed: it was created here, and the caller knows its kind.
  const newId = <T extends string>(): T => newUuid() as T;

  let deploymentId = "";
  await explaining(options.database, () =>
    migrate(db, { dialect, now }, async (trx) => {
      deploymentId = await seed(trx, { now, newId });
      await checkKey(trx, options.encryption);
    }),
  );
  const events = opened.use(await openEvents());
  const database: Database = {
    db,
    dialect,
    stamp,
    events,
    now,
    newId,
    encryption: options.encryption,
    write: writer(db, events),
    writeUnlessLocked: writer(hastyDb, events),
  };
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
  readonly hastyDb: Kysely<Tables>;
  readonly stamp: Database["stamp"];
  readonly openEvents: () => Promise<EventBus>;
} {
  if (database.kind === "sqlite") {
    const sqlite = openSqlite(database.path, { watched });
    return { dialect: "sqlite", ...sqlite, openEvents: async () => localEvents() };
  }
  const postgres = openPostgres(database.url, onError);
  const openEvents = () => postgresEvents({ connect: postgres.connect, onError });
  return { dialect: "postgres", db: postgres.db, hastyDb: postgres.db, stamp: undefined, openEvents };
}

/** While the database opens, the reader of an error is the operator, who needs the path and some advice. */
async function explaining(database: OpenDatabaseOptions["database"], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (database.kind !== "sqlite" || !(error instanceof StoreUnavailableError) || error.cause === undefined) throw error;
    throw explainDiskError("The database", database.path, error.cause);
  }
}

const KEY_CHECK = "encryption_check";

/** Checks a known text that was sealed at the first start: it is better to fail now than at the first read of a secret. */
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
      `this database was not encrypted with the configured key ${encryption.keyId}: restore the key that belongs to it`,
      { cause },
    );
  }
}
