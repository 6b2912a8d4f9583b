import type { Kysely } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";

export function findGitSshKey(db: Kysely<Tables>, userId: UserId): Promise<Row<"git_ssh_keys"> | undefined> {
  return db.selectFrom("git_ssh_keys").selectAll().where("user_id", "=", userId).executeTakeFirst();
}

/** Inserts, or replaces what is stored; then `created_at` stays. */
export async function putGitSshKey(db: Kysely<Tables>, key: Row<"git_ssh_keys">): Promise<void> {
  const { public_key, private_key, updated_at } = key;
  await db
    .insertInto("git_ssh_keys")
    .values(key)
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ public_key, private_key, updated_at }))
    .execute();
}

/** A user whom nobody deletes until the transaction ends. */
export function heldKeyHolder(
  { dialect }: Pick<Database, "dialect">,
  { db }: Pick<Tx, "db">,
  userId: UserId,
): Promise<Pick<Row<"users">, "email" | "username"> | undefined> {
  return db
    .selectFrom("users")
    .select(["email", "username"])
    .where("id", "=", userId)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forKeyShare())
    .executeTakeFirst();
}
