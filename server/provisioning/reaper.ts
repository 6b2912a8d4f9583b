import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import type { JobId } from "../ids.ts";
import { appendJobLogs } from "./append-job-logs.ts";
import { findDaemonName } from "./daemon-rows.ts";
import { endJob } from "./end-job.ts";
import type { JobKinds } from "./job-kind.ts";
import { findLastStage } from "./job-log-rows.ts";
import { extendLeases, findLapsedJobs, lockJob } from "./queue-rows.ts";

/** The maximum number of jobs in one round; the next round takes the rest. */
const BATCH = 20;

/**
 * Fails every job whose daemon let its lease end, because it is unknown whether the daemon still works. Its last report is kept.
 *
 * @returns the jobs that it failed
 */
export async function reapJobs(core: Database, kinds: JobKinds, leaseMs: number): Promise<JobId[]> {
  const reaped: JobId[] = [];
  for (const id of await findLapsedJobs(core.db, core.now(), BATCH)) if (await reap(core, kinds, id, leaseMs)) reaped.push(id);
  return reaped;
}

function reap(core: Database, kinds: JobKinds, id: JobId, leaseMs: number): Promise<boolean> {
  return core.write(async (tx) => {
    const job = await lockJob(core.dialect, tx.db, id);
    const at = core.now();
    // The daemon may have reported in the meantime, or another server may have reaped the job first.
    if (job === undefined || job.completed_at !== null || job.lease_expires_at === null || job.lease_expires_at >= at) return false;
    const daemon = await findDaemonName(tx.db, job.worker_id);
    const error =
      `The provisioner daemon ${daemon ?? "that held this job"} has not been heard from for ${leaseMs / 1_000} seconds, ` +
      "so its lease on the job ended and the job failed. The last state that it reported was kept.";
    const stage = (await findLastStage(tx.db, id)) ?? "Unknown";
    await appendJobLogs(core, tx, job, [{ source: "provisioner_daemon", level: "error", stage, output: error, created_at: at }]);
    await endJob(core, tx, kinds, job, { how: "given_up", error });
    return true;
  });
}

/** Gives every running job a full lease from now, because no daemon could renew its lease while this server was down. */
export async function renewLeasesAfterStart(core: Database, leaseMs: number): Promise<void> {
  const until = new Date(core.now().getTime() + leaseMs);
  await core.write((tx) => extendLeases(tx.db, until));
}

/** Reaps jobs periodically. Closing waits for the current round. */
export function startReaper(
  core: Database,
  options: {
    readonly kinds: JobKinds;
    readonly leaseMs: number;
    readonly intervalMs: number;
    readonly log: Pick<Logger, "warn" | "error">;
  },
): AsyncDisposable {
  const { kinds, leaseMs, intervalMs, log } = options;
  let round: Promise<void> | undefined;
  const timer = setInterval(() => {
    round ??= reapJobs(core, kinds, leaseMs)
      .then(
        (jobs) => jobs.length > 0 && log.warn({ jobs }, "failed jobs whose lease had ended"),
        (error: unknown) => log.error({ err: error }, "could not look for jobs whose lease has ended"),
      )
      .then(() => {
        round = undefined;
      });
  }, intervalMs);
  timer.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await round;
    },
  };
}
