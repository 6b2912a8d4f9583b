import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { StoreEvent } from "../database/events.ts";
import { type FollowOptions, follow } from "../database/follow.ts";
import type { JobId } from "../ids.ts";
import { readableJob } from "./describe-jobs.ts";
import type { JobKinds } from "./job-kind.ts";
import { findJobLogs, type JobLog } from "./job-log-rows.ts";
import { isJobOver, type Job } from "./job-rows.ts";

/** Lists the lines with IDs above `after`, in order. By default it lists all lines. */
export const listJobLogs = ruled(
  "jobs.logs",
  async (context: Context, kinds: JobKinds, id: JobId, after?: number): Promise<readonly JobLog[]> => {
    await readableJob(context, kinds, id);
    return findJobLogs(context.db, id, after ?? 0);
  },
);

/** Yields stored lines, then new ones, until the job is over and all its lines were sent, or until the signal aborts. */
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
    const batches = follow({ events, concerns: concerns(id), ...options }, async (most) => {
      // Checked before the logs are read, because the last line is written before the job is over.
      const isOver = await isJobOver(db, id);
      const found = await findJobLogs(db, id, last, most);
      return { found, isOver };
    });
    for await (const batch of batches)
      for (const log of batch) {
        last = log.id;
        yield log;
      }
  },
);

/** Waits until the job is over, which means succeeded, failed or canceled. */
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
