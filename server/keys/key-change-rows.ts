/** Rows of keys that are about to change or end. The caller holds the lock of key-lineage.ts. */
import type { Updateable } from "kysely";
import type { ApiKey } from "../access/used-key-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";
import { API_KEY_COLUMNS } from "./key-rows.ts";

/** Returns the key as it is now, and locks it until the transaction ends. */
export function lockedKey({ dialect }: Pick<Database, "dialect">, { db }: Pick<Tx, "db">, id: string): Promise<ApiKey | undefined> {
  return db
    .selectFrom("api_keys")
    .select(API_KEY_COLUMNS)
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirst();
}

/** Returns the keys that this key, or any key of a user, minted, those that they minted in turn, and so on; oldest first, locked. */
export function lockedDescendantsOf(
  { dialect }: Pick<Database, "dialect">,
  { db }: Pick<Tx, "db">,
  of: { readonly id: string } | { readonly userId: UserId },
): Promise<ApiKey[]> {
  return db
    .withRecursive("descendant(id)", (with_) =>
      with_
        .selectFrom("api_keys")
        .select("api_keys.id")
        .where("api_keys.minted_by", "in", (q) =>
          q
            .selectFrom("api_keys as maker")
            .select("maker.id")
            .where((eb) => ("id" in of ? eb("id", "=", of.id) : eb("user_id", "=", of.userId))),
        )
        .union(with_.selectFrom("api_keys").innerJoin("descendant", "descendant.id", "api_keys.minted_by").select("api_keys.id")),
    )
    .selectFrom("api_keys")
    .select(API_KEY_COLUMNS)
    .where("id", "in", (q) => q.selectFrom("descendant").select("descendant.id"))
    .orderBy("created_at")
    .orderBy("id")
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .execute();
}

export async function updateKeyRow({ db }: Pick<Tx, "db">, id: string, set: Updateable<Tables["api_keys"]>): Promise<void> {
  await db.updateTable("api_keys").set(set).where("id", "=", id).execute();
}

export async function deleteKeyRow({ db }: Pick<Tx, "db">, id: string): Promise<void> {
  await db.deleteFrom("api_keys").where("id", "=", id).execute();
}

export async function deleteKeyRowsOf({ db }: Pick<Tx, "db">, userId: UserId): Promise<void> {
  await db.deleteFrom("api_keys").where("user_id", "=", userId).execute();
}

/** Makes another key the parent of one key's children. */
export async function passOnChildren({ db }: Pick<Tx, "db">, from: string, to: string): Promise<void> {
  await db.updateTable("api_keys").set({ minted_by: to }).where("minted_by", "=", from).execute();
}
