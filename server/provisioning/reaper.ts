import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import type { JobId } from "../ids.ts";
import { findDaemonName } from "./daemon-rows.ts";
import type { JobKinds } from "./job-kind.ts";
import { createLeaseWatch, isSameLease } from "./lease-watch.ts";
import { loseWorker } from "./lose-worker.ts";
import { findLeases, type Lease, lockJob } from "./queue-rows.ts";

export interface Reaper {
  /**
   * Looks at the leases of all running jobs, and takes those jobs from their daemons whose lease has ended, because it is unknown whether
   * the daemon still works.
   *
   * @param atMs the time of a monotonic clock
   * @returns the jobs that it took
   */
  look(atMs: number): Promise<JobId[]>;
  /** See {@link LeaseWatch.untilNextEnd}. */
  untilNextEnd(): number;
}

export interface ReaperOptions {
  readonly kinds: JobKinds;
  readonly leaseMs: number;
  /** The longest time between two looks that counts in full. */
  readonly unwatchedMs: number;
  readonly log: Pick<Logger, "error">;
}

export function createReaper(core: Database, { kinds, leaseMs, unwatchedMs, log }: ReaperOptions): Reaper {
  const watch = createLeaseWatch({ leaseMs, unwatchedMs });
  const reap = (lapsed: Lease): Promise<boolean> =>
    core.write(async (tx) => {
      const job = await lockJob(core.dialect, tx.db, lapsed.id);
      // The daemon may have reported in the meantime, or another server may have taken the job first.
      if (job === undefined || job.started_at === null || job.completed_at !== null || !isSameLease(job, lapsed)) return false;
      const daemon = await findDaemonName(tx.db, job.worker_id);
      const who = `The provisioner daemon ${daemon ?? "that held this job"}`;
      const cause = `${who} has not been heard from for ${leaseMs / 1_000} seconds, so its lease on the job ended`;
      await loseWorker(core, tx, kinds, job, cause);
      return true;
    });
  return {
    untilNextEnd: watch.untilNextEnd,
    look: async (atMs) => {
      const taken: JobId[] = [];
      for (const lapsed of watch.look(await findLeases(core.db), atMs))
        try {
          if (await reap(lapsed)) taken.push(lapsed.id);
        } catch (error) {
          // The next look tries again. Until then, the other jobs must not wait for this one.
          log.error({ err: error, jobId: lapsed.id }, "could not take a job whose lease has ended from its daemon");
        }
      return taken;
    },
  };
}

/** Looks periodically. Closing waits for the current look. */
export function startReaper(
  core: Database,
  options: Omit<ReaperOptions, "unwatchedMs"> & { readonly intervalMs: number; readonly log: Pick<Logger, "warn" | "error"> },
): AsyncDisposable {
  const { intervalMs, log } = options;
  const reaper = createReaper(core, { ...options, unwatchedMs: 2 * intervalMs + SLACK_MS });
  const closing = new AbortController();
  const running = (async () => {
    let isFailing = false;
    while (!closing.signal.aborted) {
      try {
        const jobs = await reaper.look(performance.now());
        isFailing = false;
        if (jobs.length > 0) log.warn({ jobs }, "took jobs whose lease had ended from their daemons");
      } catch (error) {
        // Said once, however long the database is away.
        if (!isFailing) log.error({ err: error }, "could not look for jobs whose lease has ended");
        isFailing = true;
      }
      // A job need not wait for the next regular look when its lease ends before that.
      const nextMs = Math.ceil(reaper.untilNextEnd());
      const waitMs = nextMs > 0 && nextMs < intervalMs ? nextMs : intervalMs;
      await sleep(waitMs, undefined, { ref: false, signal: closing.signal }).catch(() => {});
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await running;
    },
  };
}

/** How late a look may be on a busy machine without its time being left out. */
const SLACK_MS = 1_000;
