import { Kysely, PostgresDialect, type PostgresPoolClient } from "kysely";
import pg from "pg";
import { POSTGRES_TYPES, toPostgres } from "./codec.ts";
import { translatePostgresError } from "./failures.ts";
import type { Tables } from "./tables.ts";

export interface Postgres {
  readonly db: Kysely<Tables>;
  /** A separate connection, not from the pool, for LISTEN. */
  connect(): Promise<pg.Client>;
}

/** @param url `postgres://user:password@host:port/database`, with the driver's query parameters */
export function openPostgres(url: string, onError: (error: unknown) => void): Postgres {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000, types: POSTGRES_TYPES });
  // The pool replaces an idle connection that breaks, but without a listener its error would end the process. The same holds for one that
  // breaks between two queries.
  pool.on("error", onError);
  pool.on("connect", (client) => client.on("error", onError));
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: {
        options: pool.options,
        connect: async () => wrap(await translated(() => pool.connect())),
        end: () => pool.end(),
      },
    }),
  });
  return {
    db,
    connect: async () => {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
      await translated(() => client.connect());
      return client;
    },
  };
}

/** Translates values and errors. */
function wrap(client: pg.PoolClient): PostgresPoolClient {
  const query = (sql: string, parameters: readonly unknown[] = []): Promise<unknown> =>
    translated(() => client.query(sql, parameters.map(toPostgres)));
  // The interface's other form takes a cursor, which is only for streamed rows; we do not stream.
  return { query: query as PostgresPoolClient["query"], release: (destroy) => client.release(destroy) };
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translatePostgresError(error);
  }
}
