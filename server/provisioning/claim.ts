import { type RawBuilder, sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { ProvisionerType } from "../database/tables/provisioning.ts";
import type { Row } from "../database/tables.ts";
import type { DaemonId, OrganizationId } from "../ids.ts";
import { publishJobChange } from "./job-rows.ts";
import { isUntagged, type Tags, UNTAGGED } from "./tags.ts";

/** A daemon as the queue sees it. */
export interface Worker {
  readonly id: DaemonId;
  readonly organizationId: OrganizationId;
  readonly provisioners: readonly ProvisionerType[];
  /** Normalized. */
  readonly tags: Tags;
}

/**
 * Gives the oldest job that the worker may have to it, under a lease. Of many who ask at once each gets another one: SQLite lets one
 * transaction write at a time, PostgreSQL skips what another transaction has locked.
 */
export function claimJob(core: Database, worker: Worker, leaseMs: number): Promise<Row<"provisioner_jobs"> | undefined> {
  if (worker.provisioners.length === 0) return Promise.resolve(undefined);
  const at = core.now();
  return core.write(async (tx) => {
    const job = await tx.db
      .updateTable("provisioner_jobs")
      .set({ started_at: at, updated_at: at, worker_id: worker.id, lease_expires_at: new Date(at.getTime() + leaseMs) })
      .where("id", "=", (eb) =>
        eb
          .selectFrom("provisioner_jobs as job")
          .select("job.id")
          .where("job.started_at", "is", null)
          .where("job.completed_at", "is", null)
          .where("job.organization_id", "=", worker.organizationId)
          .where("job.provisioner", "in", worker.provisioners)
          .where(tagsFit(core.dialect, worker.tags))
          .orderBy("job.created_at")
          .orderBy("job.id")
          .limit(1)
          .$if(core.dialect === "postgres", (q) => q.forUpdate().skipLocked()),
      )
      .returningAll()
      .executeTakeFirst();
    if (job !== undefined) publishJobChange(tx, job.id, undefined);
    return job;
  });
}

/** `matchTags` in SQL. */
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
  // An untagged daemon covers nothing but untagged jobs: every job has a scope and an owner.
  if (isUntagged(tags)) return sql`${covered}`;
  return sql`${covered} and exists (
    select 1 from json_each(job.tags) as wanted
    where (wanted.key, wanted.value) not in (values ('scope', 'organization'), ('owner', ''))
  )`;
}

/** Puts a job back that never reached its daemon. */
export function releaseJob(core: Database, job: Row<"provisioner_jobs">): Promise<void> {
  return core.write(async (tx) => {
    const released = await tx.db
      .updateTable("provisioner_jobs")
      .set({ started_at: null, worker_id: null, lease_expires_at: null, updated_at: core.now() })
      .where("id", "=", job.id)
      .where("worker_id", "=", job.worker_id)
      .where("completed_at", "is", null)
      .returning("canceled_at")
      .executeTakeFirst();
    if (released === undefined) return;
    // Canceled in the moment between: nobody works on it any more, so nobody else would end it.
    if (released.canceled_at !== null)
      await tx.db.updateTable("provisioner_jobs").set({ completed_at: core.now(), secret_input: null }).where("id", "=", job.id).execute();
    else tx.publish({ kind: "job_posted", organizationId: job.organization_id, provisioner: job.provisioner, tags: job.tags });
    publishJobChange(tx, job.id, undefined);
  });
}
