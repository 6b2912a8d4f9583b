import type { Kysely } from "kysely";
import type { ApiKey } from "../access/used-key-rows.ts";
import type { Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";
import { API_KEY_COLUMNS } from "../keys/key-rows.ts";

/** Finds the key that a workspace's last start got, by the key's name. */
export function findBuildKey(db: Kysely<Tables>, ownerId: UserId, tokenName: string): Promise<ApiKey | undefined> {
  return db
    .selectFrom("api_keys")
    .select(API_KEY_COLUMNS)
    .where("user_id", "=", ownerId)
    .where("token_name", "=", tokenName)
    .executeTakeFirst();
}
