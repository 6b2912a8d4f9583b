import { sql } from "kysely";
import type { StoreCore, Tx } from "./context.ts";

/** Numbers that stand for what is locked among PostgreSQL's advisory locks. Arbitrary, and never used for anything else. */
const LOCKS = { owners: 0x6f776e65, keys: 0x6b657973 } as const;

/** Held until the transaction ends. SQLite runs one writing transaction at a time anyway. */
export async function advisoryLock({ dialect }: Pick<StoreCore, "dialect">, tx: Pick<Tx, "db">, name: keyof typeof LOCKS): Promise<void> {
  if (dialect === "postgres") await sql`select pg_advisory_xact_lock(${sql.lit(LOCKS[name])})`.execute(tx.db);
}
