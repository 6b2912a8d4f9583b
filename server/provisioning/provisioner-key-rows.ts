import type { Expression, Kysely, SqlBool } from "kysely";
import type { Database } from "../database/database.ts";
import type { NewRow, Row, Tables } from "../database/tables.ts";
import type { DaemonId, OrganizationId, ProvisionerKeyId, UserId } from "../ids.ts";

export type ProvisionerKey = Omit<Row<"provisioner_keys">, "hashed_secret">;

export function withoutSecret({ hashed_secret: _, ...key }: Row<"provisioner_keys">): ProvisionerKey {
  return key;
}

export function insertKeyRow(db: Kysely<Tables>, row: NewRow<"provisioner_keys">): Promise<Row<"provisioner_keys">> {
  return db.insertInto("provisioner_keys").values(row).returningAll().executeTakeFirstOrThrow();
}

/** Returns keys that are not deleted, oldest first. @param isListed a condition on the row called `key` */
export function findKeysOf(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
  isListed: Expression<SqlBool>,
): Promise<Row<"provisioner_keys">[]> {
  return db
    .selectFrom("provisioner_keys as key")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("deleted_at", "is", null)
    .where(isListed)
    .orderBy("created_at")
    .execute();
}

/** Does the same as {@link findKeysOf} for all of an organization's keys, in an order that is the same for everybody who locks them. */
export function findAllKeysOf(db: Kysely<Tables>, organizationId: OrganizationId): Promise<Row<"provisioner_keys">[]> {
  return db
    .selectFrom("provisioner_keys")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("deleted_at", "is", null)
    .orderBy("id")
    .execute();
}

/** Finds a key that is not deleted. Ignores letter case. */
export function findKeyByName(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
  name: string,
): Promise<Row<"provisioner_keys"> | undefined> {
  return db
    .selectFrom("provisioner_keys")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("deleted_at", "is", null)
    .where((eb) => eb(eb.fn<string>("lower", ["name"]), "=", name.toLowerCase()))
    .executeTakeFirst();
}

/** Finds a key that is not deleted. */
export function findKeyById(db: Kysely<Tables>, id: ProvisionerKeyId): Promise<Row<"provisioner_keys"> | undefined> {
  return db.selectFrom("provisioner_keys").selectAll().where("id", "=", id).where("deleted_at", "is", null).executeTakeFirst();
}

/** Also finds a deleted key, as long as it is kept. */
export function findKeyByHash(db: Kysely<Tables>, hash: Uint8Array): Promise<Row<"provisioner_keys"> | undefined> {
  return db.selectFrom("provisioner_keys").selectAll().where("hashed_secret", "=", hash).executeTakeFirst();
}

/**
 * Tells whether the daemon's key exists and is not deleted. Until the transaction ends, whoever would delete the key waits, and then finds
 * what was given to the daemon.
 */
export async function holdKeyOfDaemon(dialect: Database["dialect"], db: Kysely<Tables>, id: DaemonId): Promise<boolean> {
  const row = await keyOfDaemon(db, id)
    .where("key.deleted_at", "is", null)
    .$if(dialect === "postgres", (q) => q.forShare("key"))
    .executeTakeFirst();
  return row !== undefined;
}

/** Tells whether the key of a daemon that holds a job was deleted. Locks nothing. */
export async function isKeyOfDaemonDeleted(db: Kysely<Tables>, id: DaemonId): Promise<boolean> {
  return (await keyOfDaemon(db, id).where("key.deleted_at", "is not", null).executeTakeFirst()) !== undefined;
}

function keyOfDaemon(db: Kysely<Tables>, id: DaemonId) {
  return db
    .selectFrom("provisioner_keys as key")
    .innerJoin("provisioner_daemons as daemon", "daemon.key_id", "key.id")
    .select("key.id")
    .where("daemon.id", "=", id);
}

export interface MadeKey {
  readonly keyId: ProvisionerKeyId;
  readonly organizationId: OrganizationId;
  /** Null if nothing is known of the key's maker. */
  readonly makerId: UserId | null;
}

/** Finds who made the key of the daemon that holds a job, and for which organization it runs. Undefined without a daemon. */
export async function findMakerOfDaemonsKey(db: Kysely<Tables>, id: DaemonId): Promise<MadeKey | undefined> {
  const row = await keyOfDaemon(db, id).select(["daemon.organization_id", "key.maker_id"]).executeTakeFirst();
  return row && { keyId: row.id, organizationId: row.organization_id, makerId: row.maker_id };
}

/** @returns false if the key was deleted before */
export async function markKeyDeleted(db: Kysely<Tables>, id: ProvisionerKeyId, at: Date): Promise<boolean> {
  const row = await db
    .updateTable("provisioner_keys")
    .set({ deleted_at: at })
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Finds deleted keys whose daemons hold no job anymore. */
export async function findSpentKeys(db: Kysely<Tables>): Promise<ProvisionerKeyId[]> {
  const rows = await db
    .selectFrom("provisioner_keys as key")
    .select("key.id")
    .where("key.deleted_at", "is not", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("provisioner_jobs as job")
            .innerJoin("provisioner_daemons as daemon", "daemon.id", "job.worker_id")
            .select("job.id")
            .whereRef("daemon.key_id", "=", "key.id")
            .where("job.started_at", "is not", null)
            .where("job.completed_at", "is", null),
        ),
      ),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/** Removes a key's row, with the rows of its daemons. */
export async function removeKeyRow(db: Kysely<Tables>, id: ProvisionerKeyId): Promise<void> {
  await db.deleteFrom("provisioner_keys").where("id", "=", id).execute();
}

export async function findDefaultOrganizationId(db: Kysely<Tables>): Promise<OrganizationId> {
  return (await db.selectFrom("organizations").select("id").where("is_default", "=", true).executeTakeFirstOrThrow()).id;
}
