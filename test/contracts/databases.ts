import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { MIGRATIONS } from "#server/database/migrations/migrate.ts";
import { createEncryption } from "#server/encryption/envelope.ts";
import type { TestPostgres } from "#test/postgres.ts";
import type { OpenStore } from "./open-store.ts";
import { openStore, type StoreOptions } from "./open-store.ts";

/** A fresh database of one kind. Deleted when it is closed. */
export interface TestDatabase extends AsyncDisposable {
  readonly kind: "sqlite" | "postgres";
  readonly location: StoreOptions["database"];
  /** Opens a store on it; may be called again, also beside an open one. */
  open(options?: Partial<StoreOptions>): Promise<OpenStore>;
  /** Whether these bytes stand anywhere in it, as they are. Only when no store is open. */
  holds(bytes: string | Uint8Array): Promise<boolean>;
}

export type NewDatabase = () => Promise<TestDatabase>;

/** A clock that only the test moves. */
export class TestClock {
  #at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  readonly now = (): Date => new Date(this.#at);
  advance(ms: number): void {
    this.#at += ms;
  }
}

export const TEST_KEY = Buffer.alloc(32, 7);

function opener(location: StoreOptions["database"]): TestDatabase["open"] {
  return (options) =>
    openStore({
      database: location,
      encryption: createEncryption([TEST_KEY]),
      onError: (error) => {
        throw error;
      },
      ...options,
    });
}

export async function newSqlite(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), "proviso-store-"));
  const location = { kind: "sqlite", path: join(directory, "data", "proviso.db") } as const;
  return {
    kind: "sqlite",
    location,
    open: opener(location),
    holds: async (bytes) => {
      const data = join(directory, "data");
      for (const name of await readdir(data)) if ((await readFile(join(data, name))).includes(bytes)) return true;
      return false;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/**
 * Databases of one server. A database that a test is done with is emptied and used again: that takes milliseconds, where a new one and
 * its schema take half a second.
 */
export function postgresDatabases(server: TestPostgres): NewDatabase {
  const free: string[] = [];
  return async () => {
    const url = free.pop() ?? (await server.createDatabase());
    const location = { kind: "postgres", url } as const;
    return {
      kind: "postgres",
      location,
      open: opener(location),
      holds: (bytes) =>
        withClient(url, async (client) => {
          // In text a bytea is hex.
          const wanted = [Buffer.from(bytes).toString("hex"), Buffer.from(bytes).toString("utf8")];
          for (const table of await tablesOf(client)) {
            const { rows } = await client.query<{ row: string }>(`select t::text as row from "${table}" as t`);
            if (rows.some(({ row }) => wanted.some((text) => row.includes(text)))) return true;
          }
          return false;
        }),
      [Symbol.asyncDispose]: () =>
        withClient(url, async (client) => {
          const tables = await tablesOf(client);
          if (!tables.includes("schema_migrations")) return;
          const { rows } = await client.query("select max(number) as level from schema_migrations");
          if (rows[0]?.level !== MIGRATIONS.length) return;
          const emptied = tables.filter((table) => table !== "schema_migrations").map((table) => `delete from "${table}"`);
          // A replica checks no foreign keys, so the order of tables does not matter.
          await client.query(["set session_replication_role = replica", ...emptied].join(";"));
          free.push(url);
        }),
    };
  };
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public'");
  return rows.map(({ name }) => name);
}
