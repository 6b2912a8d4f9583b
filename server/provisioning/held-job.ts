import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { JobNotOwnedError, JobOverError } from "../errors.ts";
import { JobId } from "../ids.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { describeJob } from "./job-rules.ts";
import { KeyDeletedError } from "./key-errors.ts";
import { lockJob, updateJobRow } from "./queue-rows.ts";

/**
 * Locks the row of a job that this daemon holds or held.
 *
 * @throws JobNotOwnedError for any other job, existing or not; KeyDeletedError for a job that has ended, if the daemon's key was deleted
 */
export async function lockOwnJob(core: Database, tx: Tx, daemon: DaemonSession, id: string): Promise<Row<"provisioner_jobs">> {
  const job = JobId.is(id) ? await lockJob(core.dialect, tx.db, JobId.parse(id)) : undefined;
  if (job === undefined || job.worker_id !== daemon.id) throw new JobNotOwnedError(id);
  if (daemon.isRevoked && job.completed_at !== null) throw new KeyDeletedError();
  return job;
}

/** Does the same for a job that has to be running, and renews its lease. @throws JobOverError if the job has ended */
export async function renewHeldJob(core: Database, tx: Tx, daemon: DaemonSession, id: string): Promise<Row<"provisioner_jobs">> {
  const job = await lockOwnJob(core, tx, daemon, id);
  if (job.completed_at !== null) throw new JobOverError(job.id, describeJob(job));
  // From now on it is certain that the daemon has received the job. It may begin to apply when it gets the answer.
  await updateJobRow(tx.db, job.id, { updated_at: core.now(), lease_renewals: job.lease_renewals + 1 });
  return job;
}
