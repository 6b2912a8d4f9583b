import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { SYSTEM } from "#authz/subject.ts";
import { AUTHENTICATION_TABLES, createAuthentication } from "../access/authentication.ts";
import { type StoreCore, writer } from "../access/context.ts";
import type { OnAllowed } from "../access/guard.ts";
import type { UnknownValue } from "../access/key-subject.ts";
import type { OpenStore } from "../access/store.ts";
import { View } from "../access/view.ts";
import { DecryptionError, type Encryption } from "../encryption/envelope.ts";
import { EncryptionKeyError } from "../encryption/key-file.ts";
import { createSetup, seed } from "../people/setup.ts";
import { createSessions } from "../sessions/sessions.ts";
import { type EventBus, localEvents, postgresEvents } from "./events.ts";
import type { Dialect } from "./migrations/column-types.ts";
import { migrate } from "./migrations/migrate.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlite } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

export interface StoreOptions {
  /** `postgres://…`, or the path of a SQLite file. */
  readonly database: { readonly kind: "postgres"; readonly url: string } | { readonly kind: "sqlite"; readonly path: string };
  readonly encryption: Encryption;
  /** Default: the system's clock. */
  readonly now?: () => Date;
  /** Makes a UUID. Default: random ones. */
  readonly newId?: () => string;
  /** Hears of broken connections, which the store mends by itself. */
  readonly onError: (error: unknown) => void;
  /** Hears of each decision that allowed a subject something. Default: nobody does. */
  readonly onAllowed?: OnAllowed;
  /** Hears once of each stored value of an API key or its user that this program does not know. Default: nobody does. */
  readonly onUnknownValue?: (unknown: UnknownValue) => void;
}

/**
 * Opens the database, brings its schema to this program's level, and gives a first deployment its organization.
 *
 * @throws DatabaseNewerError, EncryptionKeyError when the database was sealed with a key that is not here, StoreUnavailableError
 */
export async function openStore(options: StoreOptions): Promise<OpenStore> {
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
  const core: StoreCore = { db, dialect, stamp, events, now, newId, encryption: options.encryption, write: writer(db, events) };
  const owned = opened.move();
  return {
    as: (subject) => new View(core, subject, { onAllowed: options.onAllowed }),
    system: Object.assign(new View(core, SYSTEM), {
      authentication: createAuthentication(core, options.onUnknownValue ?? (() => {})),
      sessions: createSessions(core),
      setup: createSetup(core, deploymentId),
      core,
    }),
    events,
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    [Symbol.asyncDispose]: () => {
      isClosing = true;
      return owned.disposeAsync();
    },
  };
}

function connect({ database, onError }: StoreOptions): {
  readonly dialect: Dialect;
  readonly db: Kysely<Tables>;
  readonly stamp: StoreCore["stamp"];
  readonly openEvents: () => Promise<EventBus>;
} {
  if (database.kind === "sqlite") {
    const sqlite = openSqlite(database.path, { watched: AUTHENTICATION_TABLES });
    return { dialect: "sqlite", ...sqlite, openEvents: async () => localEvents() };
  }
  const postgres = openPostgres(database.url, onError);
  const openEvents = () => postgresEvents({ connect: postgres.connect, sleep: (ms, signal) => sleep(ms, undefined, { signal }), onError });
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
