import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import type { AcquiredJob, AcquiredJobSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { StoreUnavailableError } from "../errors.ts";
import { toAcquiredJob } from "./acquired-job.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { giveUpJob } from "./give-up-job.ts";
import type { JobQueue } from "./job-queue.ts";
import { KeyDeletedError } from "./key-errors.ts";
import { lockJob } from "./queue-rows.ts";
import { releaseJob } from "./release-job.ts";

export interface AcquireDeps {
  readonly core: Database;
  readonly queue: Pick<JobQueue, "acquirer" | "leaseMs" | "kinds">;
  /** The URL at which agents and users reach this server. Called once for each job. */
  readonly accessUrl: () => string;
  readonly log: Pick<Logger, "error">;
}

/**
 * Waits for a job and prepares it for the daemon. If the daemon has left in the meantime, the job goes back to the queue.
 *
 * @param daemon.left aborts when the daemon can no longer receive an answer
 * @param wanted aborts when the daemon should get the answer that there is no job, which is an empty ID
 */
export async function acquireJob(
  deps: AcquireDeps,
  daemon: { readonly session: DaemonSession; readonly left: AbortSignal },
  wanted: AbortSignal,
): Promise<MessageInitShape<typeof AcquiredJobSchema>> {
  const { core, queue } = deps;
  const job = await queue.acquirer.acquire(daemon.session, AbortSignal.any([daemon.left, wanted]));
  if (job === undefined) return { jobId: "" };
  if (daemon.left.aborted) {
    await releaseJob(core, queue.kinds, job);
    throw new StatusError("CANCELLED", "the daemon disconnected before it received its job");
  }
  return prepare(deps, job, daemon.session);
}

/** Builds the job's message. A job for which that is impossible fails, so that nobody waits for it. */
async function prepare(
  { core, queue, accessUrl, log }: AcquireDeps,
  job: Row<"provisioner_jobs">,
  { canDownloadState }: DaemonSession,
): Promise<AcquiredJob> {
  const { kinds, leaseMs } = queue;
  try {
    return await toAcquiredJob(core, kinds, job, { leaseMs, accessUrl: accessUrl(), canDownloadState });
  } catch (cause) {
    if (cause instanceof StoreUnavailableError || cause instanceof KeyDeletedError) {
      // Nothing was written for the job, so another daemon can take it. If the release fails too, the job's lease runs out.
      await releaseJob(core, kinds, job);
      throw cause;
    }
    log.error({ err: cause, jobId: job.id }, "preparing a job for its daemon failed");
    const error =
      cause instanceof StatusError ? cause.message : "the server could not prepare the job: see the server's log for the reason";
    await core.write(async (tx) => {
      const row = await lockJob(core.dialect, tx.db, job.id);
      if (row !== undefined && row.completed_at === null) await giveUpJob(core, tx, kinds, row, error);
    });
    throw new StatusError("ABORTED", `the server gave up on the job: ${error}`, { cause });
  }
}
