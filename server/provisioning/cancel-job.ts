import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { cancelLockedJob } from "./cancel-locked-job.ts";
import { describeOneJob } from "./describe-jobs.ts";
import type { JobKinds } from "./job-kind.ts";
import { checkCancelable } from "./job-rules.ts";
import { lockJob } from "./queue-rows.ts";

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
      await cancelLockedJob(context, tx, kinds, job);
    }),
);
