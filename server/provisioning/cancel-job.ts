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
 * A pending job is over at once; a running one when its daemon has stopped. Needs the action that its kind says, on what the job is for:
 * whoever may begin it may end it.
 *
 * @param kinds the job's is among them
 * @param expectStatus the cancel counts only if the job still has it
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
      // Nobody works on a pending job, so nobody else would end it.
      const ended = job.started_at === null ? { completed_at: at, secret_input: null } : {};
      await updateJobRow(tx.db, id, { canceled_at: at, updated_at: at, ...ended });
      tx.publish({ kind: "job_changed", jobId: id });
      const kind = kindOf(kinds, job.type);
      await kind.changed?.(tx, id);
      const entry = await kind.cancelEntry?.(tx.db, id);
      if (entry !== undefined) await audit(context, tx, entry);
    }),
);
