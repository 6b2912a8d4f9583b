/** Rows of API tokens and of the users that they belong to. */
import type { Kysely } from "kysely";
import type { Context } from "../access/context.ts";
import { permitted } from "../access/permitted-rows.ts";
import type { ApiKey } from "../access/used-key-rows.ts";
import type { Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";
import { API_KEY_COLUMNS, LISTED_KEY_COLUMNS, type ListedKey } from "../keys/key-rows.ts";

/** With an empty name it finds some session. */
export function findNamedKey(db: Kysely<Tables>, userId: UserId, tokenName: string): Promise<ApiKey | undefined> {
  return db
    .selectFrom("api_keys")
    .select(API_KEY_COLUMNS)
    .where("user_id", "=", userId)
    .where("token_name", "=", tokenName)
    .executeTakeFirst();
}

export type TokenOfUser = ListedKey & { readonly username: string };

/**
 * Returns keys that the subject may read, oldest first.
 *
 * @param userId undefined: everybody's.
 * @param endsAfter undefined: expired ones too
 */
export function readableTokens(
  context: Context,
  { userId, endsAfter }: { readonly userId: UserId | undefined; readonly endsAfter: Date | undefined },
): Promise<TokenOfUser[]> {
  return context.db
    .selectFrom("api_keys")
    .innerJoin("users", "users.id", "api_keys.user_id")
    .select(LISTED_KEY_COLUMNS.map((column) => `api_keys.${column}` as const))
    .select("users.username")
    .where("api_keys.token_name", "<>", "")
    .where(permitted(context, "read", "api_key", { id: { text: "api_keys.id" }, ownerId: "api_keys.user_id" }))
    .$if(userId !== undefined, (q) => (userId === undefined ? q : q.where("api_keys.user_id", "=", userId)))
    .$if(endsAfter !== undefined, (q) => (endsAfter === undefined ? q : q.where("api_keys.expires_at", ">", endsAfter)))
    .orderBy("api_keys.created_at")
    .orderBy("api_keys.id")
    .execute();
}

/** Users who are not deleted. */
export function usersOfChange(
  { db }: Pick<Tx, "db">,
  ids: readonly UserId[],
): Promise<Pick<Row<"users">, "id" | "login_type" | "rbac_roles" | "status">[]> {
  return db
    .selectFrom("users")
    .select(["id", "login_type", "rbac_roles", "status"])
    .where("id", "in", ids)
    .where("deleted", "=", false)
    .execute();
}
