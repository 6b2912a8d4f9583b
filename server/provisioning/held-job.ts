import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { JobNotOwnedError, JobOverError } from "../errors.ts";
import { JobId } from "../ids.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { describeJob } from "./job-rules.ts";
import { lockJob } from "./queue-rows.ts";

/** The row of a job that is or was this daemon's, locked. @throws JobNotOwnedError for any other, and for one that does not exist */
export async function lockOwnJob(core: Database, tx: Tx, daemon: DaemonSession, id: string): Promise<Row<"provisioner_jobs">> {
  const job = JobId.is(id) ? await lockJob(core.dialect, tx.db, JobId.parse(id)) : undefined;
  if (job === undefined || job.worker_id !== daemon.id) throw new JobNotOwnedError(id);
  return job;
}

/** @throws JobOverError */
export function requireRunning(job: Row<"provisioner_jobs">): void {
  if (job.completed_at !== null) throw new JobOverError(job.id, describeJob(job));
}
