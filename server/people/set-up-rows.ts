import { type Kysely, sql } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { Tables } from "../database/tables.ts";
import type { OrganizationId } from "../ids.ts";

/** Deleted ones count too. */
export async function hasUsers(db: Kysely<Tables>): Promise<boolean> {
  return (await db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

/** Until the transaction ends, nobody else adds or changes a user. SQLite runs one writing transaction at a time anyway. */
export async function lockUsers({ dialect }: Pick<Database, "dialect">, { db }: Pick<Tx, "db">): Promise<void> {
  if (dialect === "postgres") await sql`lock table users in exclusive mode`.execute(db);
}

export async function defaultOrganizationId(db: Kysely<Tables>): Promise<OrganizationId> {
  const { id } = await db.selectFrom("organizations").select("id").where("is_default", "=", true).executeTakeFirstOrThrow();
  return id;
}
