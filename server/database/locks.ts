import { sql } from "kysely";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import type { Database, Tx } from "./database.ts";

/** The numbers of PostgreSQL's advisory locks for what is locked. They are arbitrary, and used for nothing else. */
const LOCKS = { owners: 0x6f776e65, keys: 0x6b657973, turns: 0x7475726e } as const;

/**
 * Takes a lock that is held until the transaction ends. SQLite runs only one writing transaction at a time anyway.
 *
 * @param mode `shared` excludes only those who hold it alone. Default: alone
 */
export async function advisoryLock(
  { dialect }: Pick<Database, "dialect">,
  { db }: Pick<Tx, "db">,
  name: keyof typeof LOCKS,
  mode: "alone" | "shared" = "alone",
): Promise<void> {
  if (dialect !== "postgres") return;
  const take = sql.raw(mode === "alone" ? "pg_advisory_xact_lock" : "pg_advisory_xact_lock_shared");
  await sql`select ${take}(${sql.lit(LOCKS[name])})`.execute(db);
}

/**
 * Call this before creating something that depends on a user or an organization, whose rows remain when they are deleted. Until the
 * transaction ends, whoever would delete it waits, and then finds what was created. It makes no decision about rights.
 *
 * @throws NotFoundError if it was deleted, or never existed
 */
export async function holdUser({ dialect }: Pick<Database, "dialect">, { db }: Pick<Tx, "db">, id: UserId): Promise<void> {
  const row = await db
    .selectFrom("users")
    .select("id")
    .where("id", "=", id)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forKeyShare())
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError("user");
}

/** Does the same as {@link holdUser} for an organization. */
export async function holdOrganization({ dialect }: Pick<Database, "dialect">, { db }: Pick<Tx, "db">, id: OrganizationId): Promise<void> {
  const row = await db
    .selectFrom("organizations")
    .select("id")
    .where("id", "=", id)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forKeyShare())
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError("organization");
}
