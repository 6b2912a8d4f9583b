import type { Kysely } from "kysely";
import type { UserAppearanceSettings } from "#sdk/users.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";

export async function findAppearance(db: Kysely<Tables>, userId: UserId): Promise<UserAppearanceSettings | undefined> {
  const row = await db.selectFrom("user_appearances").select("settings").where("user_id", "=", userId).executeTakeFirst();
  return row?.settings;
}

/** Inserts, or replaces what is stored. */
export async function putAppearance(db: Kysely<Tables>, appearance: Row<"user_appearances">): Promise<void> {
  const { settings, updated_at } = appearance;
  await db
    .insertInto("user_appearances")
    .values(appearance)
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ settings, updated_at }))
    .execute();
}
