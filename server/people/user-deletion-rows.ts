import type { Kysely } from "kysely";
import type { Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";

export async function ownsWorkspaces(db: Kysely<Tables>, userId: UserId): Promise<boolean> {
  const owned = await db
    .selectFrom("workspaces")
    .select("id")
    .where("owner_id", "=", userId)
    .where("deleted", "=", false)
    .executeTakeFirst();
  return owned !== undefined;
}

/** Of the tables whose rows belong to one user and end with it. The user's own row stays. */
export async function deleteRowsOfUser(db: Kysely<Tables>, userId: UserId): Promise<void> {
  const tables = ["external_auth_links", "git_ssh_keys", "organization_members", "user_appearances"] as const satisfies (keyof Tables)[];
  for (const table of tables) await db.deleteFrom(table).where("user_id", "=", userId).execute();
}
