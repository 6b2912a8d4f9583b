import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createEncryption } from "#server/encryption/envelope.ts";
import { openStore, type StoreOptions } from "#server/store/open-store.ts";
import type { OpenStore } from "#server/store/store.ts";
import type { TestPostgres } from "#test/postgres.ts";

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

export async function newPostgres(server: TestPostgres): Promise<TestDatabase> {
  const url = await server.createDatabase();
  const location = { kind: "postgres", url } as const;
  return {
    kind: "postgres",
    location,
    open: opener(location),
    holds: async (bytes) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        // In text a bytea is hex.
        const wanted = [Buffer.from(bytes).toString("hex"), Buffer.from(bytes).toString("utf8")];
        const tables = await client.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public'");
        for (const { name } of tables.rows) {
          const { rows } = await client.query<{ row: string }>(`select t::text as row from "${name}" as t`);
          if (rows.some(({ row }) => wanted.some((text) => row.includes(text)))) return true;
        }
        return false;
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
