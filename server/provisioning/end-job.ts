import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { type JobEnd, type JobKinds, kindOf } from "./job-kind.ts";
import { updateJobRow } from "./queue-rows.ts";

/**
 * Ends a job and deletes the secrets that it was given. The job's kind stores the results in the same transaction.
 *
 * @param job locked by the caller, and not over yet
 * @throws InvalidCompletionError for a completed job whose results break a rule
 */
export async function endJob(core: Database, tx: Tx, kinds: JobKinds, job: Row<"provisioner_jobs">, end: JobEnd): Promise<void> {
  const at = core.now();
  await updateJobRow(tx.db, job.id, {
    completed_at: at,
    updated_at: at,
    started_at: job.started_at ?? at,
    secret_input: null,
    error: end.how === "completed" ? null : errorOf(end, job),
    error_code: (end.how === "failed" && end.errorCode) || null,
  });
  tx.publish({ kind: "job_changed", jobId: job.id });
  await kindOf(kinds, job.type).end(core, tx, job, end);
}

/** Returns null for a job that ended only because it was canceled, and for a canceled one that the server gave up: it failed in nothing. */
function errorOf(end: Exclude<JobEnd, { how: "completed" }>, job: Pick<Row<"provisioner_jobs">, "canceled_at">): string | null {
  if (job.canceled_at === null) return cleanText(end.error) || "the provisioner gave no reason";
  return end.how === "given_up" ? null : cleanText(end.error) || null;
}
