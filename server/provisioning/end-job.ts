import { redactSecrets } from "#credentials/secret.ts";
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
    error_code: end.how === "failed" && ERROR_CODE.test(end.errorCode) ? end.errorCode : null,
  });
  tx.publish({ kind: "job_changed", jobId: job.id });
  await kindOf(kinds, job.type).end(core, tx, job, end);
}

/** Such as `REQUIRED_TEMPLATE_VARIABLES`. A text of a daemon's is dropped: nobody needs it, and it could be anything. */
const ERROR_CODE = /^[A-Z_]{1,64}$/;
/** The error is part of every answer about the job. The log has the rest. */
const MAX_ERROR_CHARACTERS = 65_536;

/** Returns null for a job that ended only because it was canceled, and for a canceled one that the server gave up: it failed in nothing. */
function errorOf(end: Exclude<JobEnd, { how: "completed" }>, job: Pick<Row<"provisioner_jobs">, "canceled_at">): string | null {
  if (job.canceled_at !== null && end.how === "given_up") return null;
  const error = cleanText(redactSecrets(end.error)).slice(0, MAX_ERROR_CHARACTERS);
  return error || (job.canceled_at === null ? "the provisioner gave no reason" : null);
}
