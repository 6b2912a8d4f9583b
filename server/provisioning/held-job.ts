import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { JobNotOwnedError, JobOverError } from "../errors.ts";
import { JobId } from "../ids.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { describeJob } from "./job-rules.ts";
import { lockJob } from "./queue-rows.ts";

/** Locks the row of a job that this daemon holds or held. @throws JobNotOwnedError for any other job, existing or not */
export async function lockOwnJob(core: Database, tx: Tx, daemon: DaemonSession, id: string): Promise<Row<"provisioner_jobs">> {
  const job = JobId.is(id) ? await lockJob(core.dialect, tx.db, JobId.parse(id)) : undefined;
  if (job === undefined || job.worker_id !== daemon.id) throw new JobNotOwnedError(id);
  return job;
}

/** @throws JobOverError if the job has ended */
export function requireRunning(job: Row<"provisioner_jobs">): void {
  if (job.completed_at !== null) throw new JobOverError(job.id, describeJob(job));
}
