/** Rows of users, as signing in and out read and wake them. */
import type { Kysely } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";

/** Finds and locks a user who is not deleted: a new password is either visible already, or comes after this transaction. */
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

/** Finds a user who is not deleted, by an address in any letter case. */
export function findNameByEmail(db: Kysely<Tables>, email: string): Promise<Pick<Row<"users">, "id" | "username"> | undefined> {
  return db
    .selectFrom("users")
    .select(["id", "username"])
    .where((eb) => eb(eb.fn<string>("lower", ["email"]), "=", email.toLowerCase()))
    .where("deleted", "=", false)
    .executeTakeFirst();
}

/** Sessions only: a token may have been given to a program anywhere. */
export async function hasSessionFrom(db: Kysely<Tables>, email: string, ipAddress: string): Promise<boolean> {
  const key = await db
    .selectFrom("api_keys")
    .innerJoin("users", "users.id", "api_keys.user_id")
    .select("api_keys.id")
    .where((eb) => eb(eb.fn<string>("lower", ["users.email"]), "=", email.toLowerCase()))
    .where("users.deleted", "=", false)
    .where("api_keys.login_type", "=", "password")
    .where("api_keys.ip_address", "=", ipAddress)
    .limit(1)
    .executeTakeFirst();
  return key !== undefined;
}

/** Also finds a deleted user. */
export async function findUsername(db: Kysely<Tables>, id: UserId): Promise<string | undefined> {
  const user = await db.selectFrom("users").select("username").where("id", "=", id).executeTakeFirst();
  return user?.username;
}
