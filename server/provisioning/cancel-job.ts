import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { describeOneJob } from "./describe-jobs.ts";
import { type JobKinds, kindOf } from "./job-kind.ts";
import { checkCancelable } from "./job-rules.ts";
import { lockJob, updateJobRow } from "./queue-rows.ts";

/**
 * Cancels a job. A pending job ends at once, a running one when its daemon has stopped. The caller needs the action that the job's kind
 * names, on the object that the job is for: whoever may start such a job may cancel it.
 *
 * @param kinds must include the job's kind
 * @param expectStatus cancels only if the job still has this status
 * @throws JobNotCancellableError
 */
export const cancelJob = ruled(
  "jobs.cancel",
  (context: Context, kinds: JobKinds, id: JobId, expectStatus?: "pending" | "running"): Promise<void> =>
    context.write(async (tx) => {
      const job = await lockJob(context.dialect, tx.db, id);
      if (job === undefined) throw new NotFoundError("job");
      const about = await describeOneJob(tx.db, kinds, job);
      context.guard.require(about.cancel, about.object, "job");
      checkCancelable(job, expectStatus);
      const at = context.now();
      // No daemon works on a pending job, so nothing else would end it.
      const ended = job.started_at === null ? { completed_at: at, secret_input: null } : {};
      await updateJobRow(tx.db, id, { canceled_at: at, updated_at: at, ...ended });
      tx.publish({ kind: "job_changed", jobId: id });
      const kind = kindOf(kinds, job.type);
      await kind.changed?.(tx, id);
      const entry = await kind.cancelEntry?.(tx.db, id);
      if (entry !== undefined) await audit(context, tx, entry);
    }),
);
