import type { Expression, Kysely, SqlBool } from "kysely";
import type { NewRow, Row, Tables } from "../database/tables.ts";
import type { OrganizationId, ProvisionerKeyId } from "../ids.ts";

export type ProvisionerKey = Omit<Row<"provisioner_keys">, "hashed_secret">;

export function withoutSecret({ hashed_secret: _, ...key }: Row<"provisioner_keys">): ProvisionerKey {
  return key;
}

export function insertKeyRow(db: Kysely<Tables>, row: NewRow<"provisioner_keys">): Promise<Row<"provisioner_keys">> {
  return db.insertInto("provisioner_keys").values(row).returningAll().executeTakeFirstOrThrow();
}

/** Returns keys, oldest first. @param isListed a condition on the row called `key` */
export function findKeysOf(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
  isListed: Expression<SqlBool>,
): Promise<Row<"provisioner_keys">[]> {
  return db
    .selectFrom("provisioner_keys as key")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where(isListed)
    .orderBy("created_at")
    .execute();
}

/** Ignores letter case. */
export function findKeyByName(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
  name: string,
): Promise<Row<"provisioner_keys"> | undefined> {
  return db
    .selectFrom("provisioner_keys")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where((eb) => eb(eb.fn<string>("lower", ["name"]), "=", name.toLowerCase()))
    .executeTakeFirst();
}

export function findKeyById(db: Kysely<Tables>, id: ProvisionerKeyId): Promise<Row<"provisioner_keys"> | undefined> {
  return db.selectFrom("provisioner_keys").selectAll().where("id", "=", id).executeTakeFirst();
}

export function findKeyByHash(db: Kysely<Tables>, hash: Uint8Array): Promise<Row<"provisioner_keys"> | undefined> {
  return db.selectFrom("provisioner_keys").selectAll().where("hashed_secret", "=", hash).executeTakeFirst();
}

/** @returns the deleted row */
export function deleteProvisionerKeyRow(db: Kysely<Tables>, id: ProvisionerKeyId): Promise<Row<"provisioner_keys"> | undefined> {
  return db.deleteFrom("provisioner_keys").where("id", "=", id).returningAll().executeTakeFirst();
}

export async function findDefaultOrganizationId(db: Kysely<Tables>): Promise<OrganizationId> {
  return (await db.selectFrom("organizations").select("id").where("is_default", "=", true).executeTakeFirstOrThrow()).id;
}
