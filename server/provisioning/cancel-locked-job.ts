import type { Context } from "../access/context.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { JobId } from "../ids.ts";
import { type JobKinds, kindOf } from "./job-kind.ts";
import { lockJob, updateJobRow } from "./queue-rows.ts";
import { addServerLine } from "./server-line.ts";

/**
 * Cancels a job: a pending one ends at once, a running one when its daemon has stopped. The caller decides whether this is permitted.
 *
 * @param job locked by the caller, not over and not canceled yet
 */
export async function cancelLockedJob(context: Context, tx: Tx, kinds: JobKinds, job: Row<"provisioner_jobs">): Promise<void> {
  const { id } = job;
  const at = context.now();
  // No daemon works on a pending job, so nothing else would end it.
  const ended = job.started_at === null ? { completed_at: at, secret_input: null } : {};
  await updateJobRow(tx.db, id, { canceled_at: at, updated_at: at, ...ended });
  tx.publish({ kind: "job_changed", jobId: id });
  const kind = kindOf(kinds, job.type);
  await kind.changed?.(tx, id);
  const entry = await kind.cancelEntry?.(tx.db, id);
  if (entry !== undefined) await audit(context, tx, entry);
}

/**
 * Cancels those of the jobs that have not ended and are not being canceled, because what they need or are for is deleted. Permission to
 * delete that is permission for this.
 *
 * @param ids in the same order for everybody, since the jobs are locked in this order
 * @param reason a line for the jobs' logs
 */
export async function cancelJobs(context: Context, tx: Tx, kinds: JobKinds, ids: readonly JobId[], reason: string): Promise<void> {
  for (const id of ids) {
    const job = await lockJob(context.dialect, tx.db, id);
    if (job === undefined || job.completed_at !== null || job.canceled_at !== null) continue;
    await addServerLine(context, tx, job, { level: "warn", output: reason });
    await cancelLockedJob(context, tx, kinds, job);
  }
}
