/** Rows of links to other services, with their tokens sealed. Nothing is decided here. */
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

/** Returns all links of a user, sorted by provider. */
export function findLinkRows(db: Db, userId: UserId): Promise<LinkRow[]> {
  return db.selectFrom("external_auth_links").selectAll().where("user_id", "=", userId).orderBy("provider_id").execute();
}

export function findLinkRowsAmong(db: Db, userId: UserId, providerIds: readonly string[]): Promise<LinkRow[]> {
  return db.selectFrom("external_auth_links").selectAll().where("user_id", "=", userId).where("provider_id", "in", providerIds).execute();
}

/** @param set what replaces the values of an existing link */
export function putLinkRow(db: Db, link: NewRow<"external_auth_links">, set: RowPatch<"external_auth_links">): Promise<LinkRow> {
  return db
    .insertInto("external_auth_links")
    .values(link)
    .onConflict((conflict) => conflict.columns(["provider_id", "user_id"]).doUpdateSet(set))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @returns the deleted link */
export function deleteLinkRow(db: Db, userId: UserId, providerId: string): Promise<LinkRow | undefined> {
  return db
    .deleteFrom("external_auth_links")
    .where("user_id", "=", userId)
    .where("provider_id", "=", providerId)
    .returningAll()
    .executeTakeFirst();
}
