/** Rows of users, as signing in and out read and wake them. */
import type { Kysely } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";

/** Not deleted, and locked: a new password is there already, or comes after this transaction. */
export function lockedSignIn(
  { dialect }: Pick<Database, "dialect">,
  { db }: Pick<Tx, "db">,
  id: UserId,
): Promise<Pick<Row<"users">, "updated_at" | "status"> | undefined> {
  return db
    .selectFrom("users")
    .select(["updated_at", "status"])
    .where("id", "=", id)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forNoKeyUpdate())
    .executeTakeFirst();
}

export async function wakeUser({ db }: Pick<Tx, "db">, id: UserId): Promise<void> {
  await db.updateTable("users").set({ status: "active" }).where("id", "=", id).where("status", "=", "dormant").execute();
}

/** In any letter case; not deleted. */
export function findNameByEmail(db: Kysely<Tables>, email: string): Promise<Pick<Row<"users">, "id" | "username"> | undefined> {
  return db
    .selectFrom("users")
    .select(["id", "username"])
    .where((eb) => eb(eb.fn<string>("lower", ["email"]), "=", email.toLowerCase()))
    .where("deleted", "=", false)
    .executeTakeFirst();
}

/** Also of a deleted user. */
export async function findUsername(db: Kysely<Tables>, id: UserId): Promise<string | undefined> {
  const user = await db.selectFrom("users").select("username").where("id", "=", id).executeTakeFirst();
  return user?.username;
}
