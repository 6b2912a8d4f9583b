import type { MessageInitShape } from "@bufbuild/protobuf";
import { redactSecrets } from "#credentials/secret.ts";
import type { Log, UpdateJobRequest, UpdateJobResponseSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import { appendJobLogs } from "./append-job-logs.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { renewHeldJob } from "./held-job.ts";
import { kindOf } from "./job-kind.ts";
import type { NewJobLog } from "./job-log-rules.ts";
import type { JobQueue } from "./job-queue.ts";
import { logLevel, logSource } from "./log-wire-names.ts";
import { newLines } from "./new-lines.ts";
import { updateJobRow } from "./queue-rows.ts";

/** Renews the lease, stores what the daemon reports, and tells the daemon whether the job was canceled. */
export async function updateJob(
  core: Database,
  { kinds, leaseMs }: Pick<JobQueue, "kinds" | "leaseMs">,
  daemon: DaemonSession,
  request: UpdateJobRequest,
): Promise<MessageInitShape<typeof UpdateJobResponseSchema>> {
  const { problem, ...answer } = await core.write(async (tx) => {
    const job = await renewHeldJob(core, tx, daemon, request.jobId);
    const at = core.now();
    const { lines, taken } = newLines(request, job.logs_taken);
    if (taken !== job.logs_taken) await updateJobRow(tx.db, job.id, { logs_taken: taken });
    await appendJobLogs(
      core,
      tx,
      job,
      lines.map((log) => toJobLog(log, at)),
    );
    const progress = await kindOf(kinds, job.type).progress?.(core, tx, job, request);
    return {
      canceled: job.canceled_at !== null,
      leaseMs: BigInt(leaseMs),
      variableValues: [...(progress?.variables ?? [])],
      problem: progress?.problem,
    };
  });
  // Thrown after the commit, so that the failed import still shows which variables exist.
  if (problem !== undefined) throw new StatusError("INVALID_ARGUMENT", problem);
  return answer;
}

function toJobLog(log: Log, at: Date): NewJobLog {
  return {
    source: logSource(log.source),
    level: logLevel(log.level),
    // Templates may print secrets, and more people can read a log than can act as an agent.
    stage: redactSecrets(log.stage),
    output: redactSecrets(log.output),
    created_at: log.createdAt > 0n ? new Date(Number(log.createdAt)) : at,
  };
}
