import type { FailedJob } from "#proto/gen/provisionerd_pb.js";
import type { Database } from "../database/database.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { endJob } from "./end-job.ts";
import { lockOwnJob } from "./held-job.ts";
import { type JobKinds, kindOf } from "./job-kind.ts";

/** Ends a job as failed. If the job is already over, it only keeps the late results: a daemon repeats a call whose answer was lost. */
export function failJob(core: Database, kinds: JobKinds, daemon: DaemonSession, failed: FailedJob): Promise<void> {
  return core.write(async (tx) => {
    const job = await lockOwnJob(core, tx, daemon, failed.jobId);
    const kind = kindOf(kinds, job.type);
    const failure = failed.type.case === kind.case ? failed.type.value : undefined;
    if (job.completed_at === null) {
      const { error, errorCode } = failed;
      await endJob(core, tx, kinds, job, { how: "failed", error, errorCode, failure });
    } else if (job.job_status !== "succeeded" && failure !== undefined) await kind.keepLate?.(core, tx, job, failure);
  });
}
