/** Writes rows of jobs as the queue moves them: inserted, claimed, leased, ended. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { ProvisionerType } from "../database/tables/provisioning.ts";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import type { DaemonId, JobId, OrganizationId } from "../ids.ts";
import { isUntagged, type Tags, UNTAGGED } from "./tags.ts";

/** A daemon as the queue sees it. */
export interface Worker {
  readonly id: DaemonId;
  readonly organizationId: OrganizationId;
  readonly provisioners: readonly ProvisionerType[];
  /** Normalized with `normalizeTags`. */
  readonly tags: Tags;
}

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

/** Leases the oldest job that the worker may take. On PostgreSQL it skips rows that another transaction has locked. */
export function claimOldestRow(
  dialect: Database["dialect"],
  db: Kysely<Tables>,
  worker: Worker,
  { at, until }: { readonly at: Date; readonly until: Date },
): Promise<Row<"provisioner_jobs"> | undefined> {
  return db
    .updateTable("provisioner_jobs")
    .set({ started_at: at, updated_at: at, worker_id: worker.id, lease_expires_at: until })
    .where("id", "=", (eb) =>
      eb
        .selectFrom("provisioner_jobs as job")
        .select("job.id")
        .where("job.started_at", "is", null)
        .where("job.completed_at", "is", null)
        .where("job.organization_id", "=", worker.organizationId)
        .where("job.provisioner", "in", worker.provisioners)
        .where(tagsFit(dialect, worker.tags))
        .orderBy("job.created_at")
        .orderBy("job.id")
        .limit(1)
        .$if(dialect === "postgres", (q) => q.forUpdate().skipLocked()),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Implements `matchTags` in SQL. */
function tagsFit(dialect: Database["dialect"], tags: Tags): RawBuilder<boolean> {
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

/** Takes the job back from its worker unless it is over. @returns when it was canceled; undefined if there was nothing to take back */
export function releaseRow(
  db: Kysely<Tables>,
  job: Pick<Row<"provisioner_jobs">, "id" | "worker_id">,
  at: Date,
): Promise<Pick<Row<"provisioner_jobs">, "canceled_at"> | undefined> {
  return db
    .updateTable("provisioner_jobs")
    .set({ started_at: null, worker_id: null, lease_expires_at: null, updated_at: at })
    .where("id", "=", job.id)
    .where("worker_id", "=", job.worker_id)
    .where("completed_at", "is", null)
    .returning("canceled_at")
    .executeTakeFirst();
}

export async function updateJobRow(db: Kysely<Tables>, id: JobId, set: RowPatch<"provisioner_jobs">): Promise<void> {
  await db.updateTable("provisioner_jobs").set(set).where("id", "=", id).execute();
}

/** Finds jobs whose lease ended before `at`, oldest lease first. */
export async function findLapsedJobs(db: Kysely<Tables>, at: Date, limit: number): Promise<JobId[]> {
  const rows = await db
    .selectFrom("provisioner_jobs")
    .select("id")
    .where("started_at", "is not", null)
    .where("completed_at", "is", null)
    .where("lease_expires_at", "<", at)
    .orderBy("lease_expires_at")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Extends the leases of running jobs so that none ends before `until`. */
export async function extendLeases(db: Kysely<Tables>, until: Date): Promise<void> {
  await db
    .updateTable("provisioner_jobs")
    .set({ lease_expires_at: until })
    .where("started_at", "is not", null)
    .where("completed_at", "is", null)
    .where("lease_expires_at", "<", until)
    .execute();
}
