import type { Expression, Kysely, SqlBool } from "kysely";
import type { NewRow, Row, Tables } from "../database/tables.ts";
import type { DaemonId, OrganizationId } from "../ids.ts";

export type ProvisionerDaemon = Row<"provisioner_daemons"> & {
  readonly key_name: string;
  readonly current_job_id: string | null;
  readonly previous_job_id: string | null;
};

/** Returns daemons whose key is not deleted, newest first. @param isListed a condition on the row called `daemon` */
export function findDaemonsOf(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
  isListed: Expression<SqlBool>,
): Promise<ProvisionerDaemon[]> {
  return db
    .selectFrom("provisioner_daemons as daemon")
    .innerJoin("provisioner_keys as key", "key.id", "daemon.key_id")
    .selectAll("daemon")
    .select("key.name as key_name")
    .select((eb) => [
      eb
        .selectFrom("provisioner_jobs as job")
        .select("job.id")
        .whereRef("job.worker_id", "=", "daemon.id")
        .where("job.completed_at", "is", null)
        .limit(1)
        .as("current_job_id"),
      eb
        .selectFrom("provisioner_jobs as job")
        .select("job.id")
        .whereRef("job.worker_id", "=", "daemon.id")
        .where("job.completed_at", "is not", null)
        .orderBy("job.completed_at", "desc")
        .limit(1)
        .as("previous_job_id"),
    ])
    .where("daemon.organization_id", "=", organizationId)
    .where("key.deleted_at", "is", null)
    .where(isListed)
    .orderBy("daemon.created_at", "desc")
    .execute();
}

/** Returns what the queue asks about daemons whose key is not deleted, online or not. */
export function findKnownDaemons(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
): Promise<Pick<Row<"provisioner_daemons">, "id" | "provisioners" | "tags" | "last_seen_at">[]> {
  return db
    .selectFrom("provisioner_daemons as daemon")
    .innerJoin("provisioner_keys as key", "key.id", "daemon.key_id")
    .select(["daemon.id", "daemon.provisioners", "daemon.tags", "daemon.last_seen_at"])
    .where("daemon.organization_id", "=", organizationId)
    .where("key.deleted_at", "is", null)
    .execute();
}

export async function findDaemonName(db: Kysely<Tables>, id: DaemonId | null): Promise<string | undefined> {
  return (await db.selectFrom("provisioner_daemons").select("name").where("id", "=", id).executeTakeFirst())?.name;
}

/** Identifies a daemon: two calls with the same values come from the same daemon. */
type DaemonIdentity = Pick<Row<"provisioner_daemons">, "organization_id" | "key_id" | "name">;

export function findDaemon(db: Kysely<Tables>, daemon: DaemonIdentity): Promise<Row<"provisioner_daemons"> | undefined> {
  return db
    .selectFrom("provisioner_daemons")
    .selectAll()
    .where("organization_id", "=", daemon.organization_id)
    .where("key_id", "=", daemon.key_id)
    .where("name", "=", daemon.name)
    .executeTakeFirst();
}

/** @param facts the columns that are updated if the daemon exists. @returns the new ID, or the ID of the existing daemon */
export async function upsertDaemon(
  db: Kysely<Tables>,
  made: DaemonIdentity & Pick<Row<"provisioner_daemons">, "id" | "created_at">,
  facts: Omit<NewRow<"provisioner_daemons">, keyof DaemonIdentity | "id" | "created_at">,
): Promise<DaemonId> {
  const row = await db
    .insertInto("provisioner_daemons")
    .values({ ...made, ...facts })
    .onConflict((conflict) => conflict.columns(["organization_id", "key_id", "name"]).doUpdateSet(facts))
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}
