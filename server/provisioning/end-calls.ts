import type { CompletedJob, FailedJob } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { Row } from "../database/tables.ts";
import { JobOverError } from "../errors.ts";
import { insertTimings } from "../resources/insert-rows.ts";
import { completeImport } from "../templates/complete-import.ts";
import { completeBuild } from "../workspaces/complete-build.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { endJob, keepLateState } from "./end-job.ts";
import { lockOwnJob } from "./held-job.ts";
import { InvalidCompletionError } from "./invalid-completion.ts";
import { describeJob } from "./job-rows.ts";

/** Ends a job as failed. On one that is over it only keeps a state that comes too late: a daemon repeats a call whose answer it lost. */
export function failJob(core: Database, daemon: DaemonSession, failed: FailedJob): Promise<void> {
  return core.write(async (tx) => {
    const job = await lockOwnJob(core, tx, daemon, failed.jobId);
    const state = failed.type.case === "workspaceBuild" ? failed.type.value.state : new Uint8Array();
    if (job.completed_at !== null) {
      if (job.job_status !== "succeeded") await keepLateState(core, tx, job, state);
      return;
    }
    if (failed.type.case === "workspaceBuild") await insertTimings(tx, job.id, failed.type.value.timings);
    const { error, errorCode } = failed;
    // On the wire an absent state and an empty one look the same: neither may wipe what there is.
    await endJob(core, tx, job, { error, errorCode, ...(state.length > 0 && { state }) });
  });
}

/**
 * Ends a job as succeeded, with all that it left. What breaks a rule makes the job fail instead, with a message that says what and
 * where, and then nothing of it is stored but Terraform's state: what Terraform built is there, whether we like it or not.
 *
 * @throws StatusError FAILED_PRECONDITION in that case; JobOverError when the job was given up before
 */
export async function completeJob(core: Database, daemon: DaemonSession, completed: CompletedJob): Promise<void> {
  const state = completed.type.case === "workspaceBuild" ? completed.type.value.state : undefined;
  try {
    const lateFor = await core.write(async (tx) => {
      const job = await lockOwnJob(core, tx, daemon, completed.jobId);
      if (job.completed_at !== null) {
        if (job.job_status === "succeeded") return undefined;
        await keepLateState(core, tx, job, state ?? new Uint8Array());
        return job;
      }
      await storeOutcome(core, tx, job, completed, daemon.apiVersion);
      await endJob(core, tx, job, { ...(state !== undefined && { state }) });
      return undefined;
    });
    if (lateFor !== undefined) throw new JobOverError(lateFor.id, describeJob(lateFor));
  } catch (thrown) {
    const error = asInvalid(thrown);
    if (error === undefined) throw thrown;
    await core.write(async (tx) => {
      const job = await lockOwnJob(core, tx, daemon, completed.jobId);
      if (job.completed_at === null) await endJob(core, tx, job, { error: error.message, ...(state !== undefined && { state }) });
    });
    throw new StatusError("FAILED_PRECONDITION", error.message, { cause: error });
  }
}

/** What the daemon can be blamed for; undefined for our own troubles, after which it may try again. */
function asInvalid(error: unknown): Error | undefined {
  if (error instanceof InvalidCompletionError) return error;
  if (error instanceof StatusError && error.code === "INVALID_ARGUMENT") return error;
  if (!(error instanceof UniqueViolationError)) return undefined;
  return new InvalidCompletionError(`the daemon reported the same twice: ${error.constraint}`, { cause: error });
}

const TYPES = {
  templateImport: "template_version_import",
  workspaceBuild: "workspace_build",
  templateDryRun: "template_version_dry_run",
} as const;

async function storeOutcome(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  { type }: CompletedJob,
  apiVersion: string,
): Promise<void> {
  if (type.case === undefined || TYPES[type.case] !== job.type)
    throw new InvalidCompletionError(`the daemon completed a job of type ${job.type} as ${type.case ?? "nothing"}`);
  switch (type.case) {
    case "templateImport":
      return completeImport(core, tx, job, type.value, apiVersion);
    case "workspaceBuild":
      return completeBuild(core, tx, job, type.value);
    case "templateDryRun":
      throw new InvalidCompletionError("dry runs cannot be enqueued yet");
  }
}
