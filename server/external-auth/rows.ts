/** Rows of links to other services, with their tokens sealed, without decisions. */
import type { Kysely } from "kysely";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";

type Db = Kysely<Tables>;
type LinkRow = Row<"external_auth_links">;

export function findLinkRow(db: Db, userId: UserId, providerId: string): Promise<LinkRow | undefined> {
  return db
    .selectFrom("external_auth_links")
    .selectAll()
    .where("user_id", "=", userId)
    .where("provider_id", "=", providerId)
    .executeTakeFirst();
}

/** All of a user's, by provider. */
export function findLinkRows(db: Db, userId: UserId): Promise<LinkRow[]> {
  return db.selectFrom("external_auth_links").selectAll().where("user_id", "=", userId).orderBy("provider_id").execute();
}

/** @param set what replaces the values of a link that exists */
export function putLinkRow(db: Db, link: NewRow<"external_auth_links">, set: RowPatch<"external_auth_links">): Promise<LinkRow> {
  return db
    .insertInto("external_auth_links")
    .values(link)
    .onConflict((conflict) => conflict.columns(["provider_id", "user_id"]).doUpdateSet(set))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @returns the link as it was */
export function deleteLinkRow(db: Db, userId: UserId, providerId: string): Promise<LinkRow | undefined> {
  return db
    .deleteFrom("external_auth_links")
    .where("user_id", "=", userId)
    .where("provider_id", "=", providerId)
    .returningAll()
    .executeTakeFirst();
}
