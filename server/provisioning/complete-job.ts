import type { CompletedJob } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { Row } from "../database/tables.ts";
import { JobOverError } from "../errors.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { endJob } from "./end-job.ts";
import { lockOwnJob } from "./held-job.ts";
import { InvalidCompletionError } from "./invalid-completion.ts";
import { type Completed, type JobCase, type JobKinds, kindOf } from "./job-kind.ts";
import { describeJob } from "./job-rules.ts";

/**
 * Ends a job as succeeded, with all that it left. What breaks a rule makes the job fail instead, with a message that says what and
 * where, and then nothing of it is stored but what is true all the same, like Terraform's state: what Terraform built is there, whether we
 * like it or not.
 *
 * @throws StatusError FAILED_PRECONDITION in that case; JobOverError when the job was given up before
 */
export async function completeJob(core: Database, kinds: JobKinds, daemon: DaemonSession, completed: CompletedJob): Promise<void> {
  try {
    await complete(core, kinds, daemon, completed);
  } catch (thrown) {
    const invalid = asInvalid(thrown);
    if (invalid === undefined) throw thrown;
    await refuse(core, kinds, daemon, completed, invalid.message);
    throw new StatusError("FAILED_PRECONDITION", invalid.message, { cause: invalid });
  }
}

async function complete(core: Database, kinds: JobKinds, daemon: DaemonSession, completed: CompletedJob): Promise<void> {
  const lateFor = await core.write(async (tx) => {
    const job = await lockOwnJob(core, tx, daemon, completed.jobId);
    const outcome = outcomeFor(kinds, job, completed);
    if (job.completed_at === null) {
      if (outcome === undefined)
        throw new InvalidCompletionError(`the daemon completed a job of type ${job.type} as ${completed.type.case ?? "nothing"}`);
      await endJob(core, tx, kinds, job, { how: "completed", outcome, apiVersion: daemon.apiVersion });
      return undefined;
    }
    if (job.job_status === "succeeded") return undefined;
    if (outcome !== undefined) await kindOf(kinds, job.type).keepLate?.(core, tx, job, outcome);
    return job;
  });
  // After the commit, which keeps what came late.
  if (lateFor !== undefined) throw new JobOverError(lateFor.id, describeJob(lateFor));
}

function refuse(core: Database, kinds: JobKinds, daemon: DaemonSession, completed: CompletedJob, error: string): Promise<void> {
  return core.write(async (tx) => {
    const job = await lockOwnJob(core, tx, daemon, completed.jobId);
    if (job.completed_at !== null) return;
    await endJob(core, tx, kinds, job, { how: "refused", error, outcome: outcomeFor(kinds, job, completed) });
  });
}

/** Undefined when the daemon took the job for one of another kind. */
function outcomeFor(kinds: JobKinds, job: Row<"provisioner_jobs">, { type }: CompletedJob): Completed<JobCase> | undefined {
  return type.case === kindOf(kinds, job.type).case ? type.value : undefined;
}

/** What the daemon can be blamed for; undefined for our own troubles, after which it may try again. */
function asInvalid(error: unknown): Error | undefined {
  if (error instanceof InvalidCompletionError) return error;
  if (error instanceof StatusError && error.code === "INVALID_ARGUMENT") return error;
  if (!(error instanceof UniqueViolationError)) return undefined;
  return new InvalidCompletionError(`the daemon reported the same twice: ${error.constraint}`, { cause: error });
}
