import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { StoreEvent } from "../database/events.ts";
import { type FollowOptions, follow } from "../database/follow.ts";
import type { JobId } from "../ids.ts";
import { readableJob } from "./describe-jobs.ts";
import type { JobKinds } from "./job-kind.ts";
import { findJobLogs, type JobLog } from "./job-log-rows.ts";
import { isJobOver, type Job } from "./job-rows.ts";

/** Ids above `after`, in order. Default: all. */
export const listJobLogs = ruled(
  "jobs.logs",
  async (context: Context, kinds: JobKinds, id: JobId, after?: number): Promise<readonly JobLog[]> => {
    await readableJob(context, kinds, id);
    return findJobLogs(context.db, id, after ?? 0);
  },
);

/** Stored and then new lines one by one, until the job is over and drained, or the signal. */
export const followJobLogs = ruled(
  "jobs.followLogs",
  async function* (
    context: Context,
    kinds: JobKinds,
    id: JobId,
    { after = 0, ...options }: FollowOptions & { readonly after?: number },
  ): AsyncIterable<JobLog> {
    const { db, events } = context;
    await readableJob(context, kinds, id);
    let last = after;
    const batches = follow({ events, concerns: concerns(id), ...options }, async () => {
      // Asked before the logs: the last line is written before the job is over.
      const isOver = await isJobOver(db, id);
      return { found: await findJobLogs(db, id, last), isOver };
    });
    for await (const batch of batches)
      for (const log of batch) {
        last = log.id;
        yield log;
      }
  },
);

/** When the job is over: succeeded, failed or canceled. */
export const waitUntilJobIsOver = ruled(
  "jobs.waitUntilOver",
  async (context: Context, kinds: JobKinds, id: JobId, signal: AbortSignal): Promise<Job> => {
    const { db, events } = context;
    await readableJob(context, kinds, id);
    const looks = follow({ events, concerns: concerns(id), signal }, async () => ({ found: [], isOver: await isJobOver(db, id) }));
    for await (const _ of looks);
    signal.throwIfAborted();
    return readableJob(context, kinds, id);
  },
);

function concerns(id: JobId): (event: StoreEvent) => boolean {
  return (event) => event.kind === "job_changed" && event.jobId === id;
}
