/** Writes rows of jobs as the queue moves them: inserted, claimed, leased, ended. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { ProvisionerType } from "../database/tables/provisioning.ts";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import type { DaemonId, JobId, OrganizationId, ProvisionerKeyId } from "../ids.ts";
import { isUntagged, type Tags, UNTAGGED } from "./tags.ts";

/** A daemon as the queue sees it. */
export interface Worker {
  readonly id: DaemonId;
  readonly organizationId: OrganizationId;
  readonly provisioners: readonly ProvisionerType[];
  /** Normalized with `normalizeTags`. */
  readonly tags: Tags;
  /** Identifies the data directory of the server whose own daemon this is. Absent for other daemons. */
  readonly home?: string;
}

/** A running job's lease as it stands in the database. It is the same lease as long as none of these values changes. */
export type Lease = Pick<Row<"provisioner_jobs">, "id" | "claims" | "lease_renewals">;

export async function insertJobRow(db: Kysely<Tables>, row: NewRow<"provisioner_jobs">): Promise<void> {
  await db.insertInto("provisioner_jobs").values(row).execute();
}

/** Locks the job's row until the transaction ends, so that completing, failing, renewing and canceling it happen one after another. */
export function lockJob(dialect: Database["dialect"], db: Kysely<Tables>, id: JobId): Promise<Row<"provisioner_jobs"> | undefined> {
  return db
    .selectFrom("provisioner_jobs")
    .selectAll()
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirst();
}

/**
 * Gives a job to the worker, unless it was given away, canceled or ended since it was found. On PostgreSQL it does not wait for another
 * transaction that has locked the row, which may wait for something of ours.
 */
export function claimRow(
  dialect: Database["dialect"],
  db: Kysely<Tables>,
  id: JobId,
  worker: Worker,
  at: Date,
): Promise<Row<"provisioner_jobs"> | undefined> {
  return db
    .updateTable("provisioner_jobs")
    .set({ started_at: at, updated_at: at, worker_id: worker.id, worker_home: worker.home ?? null, lease_renewals: 0, logs_taken: 0 })
    .set((eb) => ({ claims: eb("claims", "+", 1) }))
    .where("id", "=", (eb) =>
      eb
        .selectFrom("provisioner_jobs as job")
        .select("job.id")
        .where("job.id", "=", id)
        .where("job.started_at", "is", null)
        .where("job.completed_at", "is", null)
        .$if(dialect === "postgres", (q) => q.forUpdate().skipLocked()),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Implements `matchTags` in SQL, for a row called `job`. */
export function tagsFit(dialect: Database["dialect"], tags: Tags): RawBuilder<boolean> {
  const own = JSON.stringify(tags);
  if (dialect === "postgres")
    return isUntagged(tags)
      ? sql`job.tags = ${own}::jsonb`
      : sql`job.tags <@ ${own}::jsonb and job.tags <> ${JSON.stringify(UNTAGGED)}::jsonb`;
  const covered = sql`not exists (
    select 1 from json_each(job.tags) as wanted
    where not exists (select 1 from json_each(${own}) as had where had.key = wanted.key and had.value = wanted.value)
  )`;
  // An untagged daemon covers only untagged jobs, because every job has a scope and an owner.
  if (isUntagged(tags)) return sql`${covered}`;
  return sql`${covered} and exists (
    select 1 from json_each(job.tags) as wanted
    where (wanted.key, wanted.value) not in (values ('scope', 'organization'), ('owner', ''))
  )`;
}

/** Takes the job back from its worker, unless it is over or was given to somebody again. @returns the row afterwards */
export function releaseRow(
  db: Kysely<Tables>,
  job: Pick<Row<"provisioner_jobs">, "id" | "claims">,
  set: Pick<RowPatch<"provisioner_jobs">, "unanswered_claims" | "updated_at">,
): Promise<Row<"provisioner_jobs"> | undefined> {
  return db
    .updateTable("provisioner_jobs")
    .set({ started_at: null, worker_id: null, worker_home: null, ...set })
    .where("id", "=", job.id)
    .where("claims", "=", job.claims)
    .where("started_at", "is not", null)
    .where("completed_at", "is", null)
    .returningAll()
    .executeTakeFirst();
}

export async function updateJobRow(db: Kysely<Tables>, id: JobId, set: RowPatch<"provisioner_jobs">): Promise<void> {
  await db.updateTable("provisioner_jobs").set(set).where("id", "=", id).execute();
}

/** Returns the leases of all running jobs. */
export function findLeases(db: Kysely<Tables>): Promise<Lease[]> {
  return selectRunning(db).select(["id", "claims", "lease_renewals"]).execute();
}

/** Returns the leases of jobs that the own daemons of a server with this data directory hold. */
export function findLeasesOfHome(db: Kysely<Tables>, home: string): Promise<Lease[]> {
  return selectRunning(db).select(["id", "claims", "lease_renewals"]).where("worker_home", "=", home).execute();
}

/** Returns the running jobs of all daemons with this key, in an order that is the same for everybody who locks them. */
export async function findJobsUnderKey(db: Kysely<Tables>, keyId: ProvisionerKeyId): Promise<JobId[]> {
  const daemons = db.selectFrom("provisioner_daemons").select("id").where("key_id", "=", keyId);
  const rows = await selectRunning(db).select("id").where("worker_id", "in", daemons).orderBy("id").execute();
  return rows.map(({ id }) => id);
}

export async function holdsRunningJob(db: Kysely<Tables>, daemonId: DaemonId): Promise<boolean> {
  return (await selectRunning(db).select("id").where("worker_id", "=", daemonId).limit(1).executeTakeFirst()) !== undefined;
}

/** Returns an organization's jobs that have not ended, in an order that is the same for everybody who locks them. */
export async function findOpenJobs(db: Kysely<Tables>, organizationId: OrganizationId): Promise<JobId[]> {
  const rows = await db
    .selectFrom("provisioner_jobs")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("completed_at", "is", null)
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}

export function selectRunning(db: Kysely<Tables>) {
  return db.selectFrom("provisioner_jobs").where("started_at", "is not", null).where("completed_at", "is", null);
}

export function selectWaiting(db: Kysely<Tables>) {
  return db.selectFrom("provisioner_jobs").where("started_at", "is", null).where("completed_at", "is", null);
}
