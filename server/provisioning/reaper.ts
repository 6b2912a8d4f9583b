import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import type { JobId } from "../ids.ts";
import { appendJobLogs } from "./append-job-logs.ts";
import { endJob } from "./end-job.ts";
import { lockJob } from "./job-rows.ts";

/** At most so many in one round; the next round takes the rest. */
const BATCH = 20;

/**
 * Fails every job whose daemon let its lease end: nobody can know any more whether it still works. What it reported last is kept.
 *
 * @returns the jobs that it failed
 */
export async function reapJobs(core: Database, leaseMs: number): Promise<JobId[]> {
  const ended = await core.db
    .selectFrom("provisioner_jobs")
    .select("id")
    .where("started_at", "is not", null)
    .where("completed_at", "is", null)
    .where("lease_expires_at", "<", core.now())
    .orderBy("lease_expires_at")
    .limit(BATCH)
    .execute();
  const reaped: JobId[] = [];
  for (const { id } of ended) if (await reap(core, id, leaseMs)) reaped.push(id);
  return reaped;
}

function reap(core: Database, id: JobId, leaseMs: number): Promise<boolean> {
  return core.write(async (tx) => {
    const job = await lockJob(core, tx, id);
    const at = core.now();
    // Its daemon may have spoken since, or another server may have been here first.
    if (job === undefined || job.completed_at !== null || job.lease_expires_at === null || job.lease_expires_at >= at) return false;
    const daemon = await tx.db.selectFrom("provisioner_daemons").select("name").where("id", "=", job.worker_id).executeTakeFirst();
    const error =
      `The provisioner daemon ${daemon?.name ?? "that held this job"} has not been heard of for ${leaseMs / 1_000} seconds, ` +
      "so its lease on the job has ended and the job was given up. The last state that it reported was kept.";
    const last = await tx.db
      .selectFrom("provisioner_job_logs")
      .select("stage")
      .where("job_id", "=", id)
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    const line = { source: "provisioner_daemon", level: "error", stage: last?.stage ?? "Unknown", output: error, created_at: at } as const;
    await appendJobLogs(core, tx, job, [line]);
    await endJob(core, tx, job, { error });
    return true;
  });
}

/**
 * Gives every running job a whole lease from now: while this server was away no daemon could renew one.
 */
export async function renewLeasesAfterStart(core: Database, leaseMs: number): Promise<void> {
  const until = new Date(core.now().getTime() + leaseMs);
  await core.write(async (tx) => {
    await tx.db
      .updateTable("provisioner_jobs")
      .set({ lease_expires_at: until })
      .where("started_at", "is not", null)
      .where("completed_at", "is", null)
      .where("lease_expires_at", "<", until)
      .execute();
  });
}

/** Reaps again and again. Closing waits for the round under way. */
export function startReaper(
  core: Database,
  options: { readonly leaseMs: number; readonly intervalMs: number; readonly log: Pick<Logger, "warn" | "error"> },
): AsyncDisposable {
  const { leaseMs, intervalMs, log } = options;
  let round: Promise<void> | undefined;
  const timer = setInterval(() => {
    round ??= reapJobs(core, leaseMs)
      .then(
        (jobs) => jobs.length > 0 && log.warn({ jobs }, "gave up jobs whose lease had ended"),
        (error: unknown) => log.error({ err: error }, "looking for jobs whose lease has ended failed"),
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
