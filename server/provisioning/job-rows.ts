/** Reads rows of jobs, without what the jobs are for: their kinds know that. */
import type { ExpressionBuilder, Kysely } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { JobId, OrganizationId } from "../ids.ts";
import type { JobNames } from "./job-kind.ts";
import { findLines, findPlacesInLine } from "./turn-rows.ts";
import { placeOf } from "./turn-rules.ts";

/** What only the queue needs to know. */
type Bookkeeping = "secret_input" | "worker_home" | "claims" | "lease_renewals" | "unanswered_claims" | "logs_taken" | "yields";

export type JobRow = Omit<Row<"provisioner_jobs">, Bookkeeping> & {
  readonly worker_name: string | null;
  /**
   * The position among the pending jobs of the organization, starting at 1; 0 if the job is not pending. It is the order in which a daemon
   * would get them that could take them all, as long as nobody adds one.
   */
  readonly queue_position: number;
  /** The number of pending jobs in the organization. */
  readonly queue_size: number;
};

/** A job with the names of what it is for, as far as that exists. */
export type Job = JobRow & JobNames;

const JOB_COLUMNS = [
  "job.id",
  "job.organization_id",
  "job.initiator_id",
  "job.type",
  "job.provisioner",
  "job.storage_method",
  "job.file_id",
  "job.input",
  "job.tags",
  "job.yields",
  "job.trace_metadata",
  "job.worker_id",
  "job.error",
  "job.error_code",
  "job.logs_length",
  "job.logs_overflowed",
  "job.job_status",
  "job.started_at",
  "job.canceled_at",
  "job.completed_at",
  "job.created_at",
  "job.updated_at",
] as const satisfies `job.${keyof Row<"provisioner_jobs">}`[];

/** Selects jobs in no particular order. */
function selectJobs(db: Kysely<Tables>) {
  const pending = (eb: ExpressionBuilder<Tables & { job: Tables["provisioner_jobs"] }, "job">) =>
    eb
      .selectFrom("provisioner_jobs as other")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("other.started_at", "is", null)
      .where("other.completed_at", "is", null)
      .whereRef("other.organization_id", "=", "job.organization_id");
  return db
    .selectFrom("provisioner_jobs as job")
    .leftJoin("provisioner_daemons as daemon", "daemon.id", "job.worker_id")
    .select(JOB_COLUMNS)
    .select("daemon.name as worker_name")
    .select((eb) => pending(eb).as("queue_size"));
}

type Selected = Awaited<ReturnType<ReturnType<typeof selectJobs>["execute"]>>[number];

/** Only for pending jobs, whose places must be counted, does this ask more. */
async function withPlaces(db: Kysely<Tables>, rows: readonly Selected[]): Promise<JobRow[]> {
  const pending = rows.filter((row) => row.job_status === "pending");
  const places = new Map<JobId, number>();
  if (pending.length > 0) {
    const lines = await findLines(db, [...new Set(pending.map((row) => row.organization_id))]);
    const inLine = await findPlacesInLine(
      db,
      pending.map(({ id }) => id),
    );
    for (const { id, ...job } of pending) places.set(id, placeOf(job, inLine.get(id) ?? 1, lines));
  }
  return rows.map(({ queue_size, yields: _, ...job }) => ({
    ...job,
    queue_position: places.get(job.id) ?? 0,
    queue_size: Number(queue_size),
  }));
}

export async function findJobRow(db: Kysely<Tables>, id: JobId): Promise<JobRow | undefined> {
  return (await findJobRows(db, [id])).get(id);
}

export async function findJobRows(db: Kysely<Tables>, ids: readonly JobId[]): Promise<Map<JobId, JobRow>> {
  if (ids.length === 0) return new Map();
  const rows = await selectJobs(db).where("job.id", "in", ids).execute();
  return new Map((await withPlaces(db, rows)).map((row) => [row.id, row]));
}

/** Returns an organization's jobs, newest first. */
export async function findJobRowsOf(db: Kysely<Tables>, organizationId: OrganizationId, limit: number): Promise<JobRow[]> {
  const rows = await selectJobs(db)
    .where("job.organization_id", "=", organizationId)
    .orderBy("job.created_at", "desc")
    .limit(limit)
    .execute();
  return withPlaces(db, rows);
}

export function findJobTypes(
  db: Kysely<Tables>,
  ids: readonly JobId[],
): Promise<Pick<Row<"provisioner_jobs">, "id" | "type" | "organization_id">[]> {
  return db.selectFrom("provisioner_jobs").select(["id", "type", "organization_id"]).where("id", "in", ids).execute();
}

/** Tells whether a job is over. A job that no longer exists is over too. */
export async function isJobOver(db: Kysely<Tables>, id: JobId): Promise<boolean> {
  const row = await db.selectFrom("provisioner_jobs").select("completed_at").where("id", "=", id).executeTakeFirst();
  return row === undefined || row.completed_at !== null;
}

/** Reads what every daemon gets in addition to the job's row: the archive to work on, and the name of the user who requested the job. */
export async function findJobSource(
  db: Kysely<Tables>,
  job: Pick<Row<"provisioner_jobs">, "file_id" | "initiator_id">,
): Promise<{ readonly archive: Uint8Array; readonly username: string }> {
  const file = await db.selectFrom("files").select("data").where("id", "=", job.file_id).executeTakeFirstOrThrow();
  const initiator = await db.selectFrom("users").select("username").where("id", "=", job.initiator_id).executeTakeFirstOrThrow();
  return { archive: file.data, username: initiator.username };
}
