import { type CompletedJob, CompletedJobSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { Row } from "../database/tables.ts";
import { JobOverError } from "../errors.ts";
import { checkLimits } from "../grpc/message-limits.ts";
import { charactersIn } from "../input/characters.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { endJob } from "./end-job.ts";
import { lockOwnJob } from "./held-job.ts";
import { InvalidCompletionError } from "./invalid-completion.ts";
import { type Completed, type JobCase, type JobKinds, kindOf } from "./job-kind.ts";
import { describeJob } from "./job-rules.ts";

/** All texts of a result together: each workspace's are part of every list of workspaces. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * Ends a job as succeeded and stores its results. If a result breaks a rule, the job fails instead, with a message that says what is wrong
 * and where. Then only facts that hold regardless are stored, such as Terraform's state: what Terraform built exists, whether or not the
 * server accepts the result.
 *
 * @throws StatusError FAILED_PRECONDITION in that case; JobOverError if the job has already ended
 */
export async function completeJob(core: Database, kinds: JobKinds, daemon: DaemonSession, completed: CompletedJob): Promise<void> {
  try {
    checkLimits(CompletedJobSchema, completed);
    const characters = charactersIn(completed.type.value);
    if (characters > MAX_CHARACTERS)
      throw new InvalidCompletionError(`the result has ${characters} characters of text, but at most ${MAX_CHARACTERS} are allowed`);
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
        throw new InvalidCompletionError(`the daemon sent a result of type ${completed.type.case ?? "none"} for a job of type ${job.type}`);
      await endJob(core, tx, kinds, job, { how: "completed", outcome, apiVersion: daemon.apiVersion });
      return undefined;
    }
    if (job.job_status === "succeeded") return undefined;
    if (outcome !== undefined) await kindOf(kinds, job.type).keepLate?.(core, tx, job, outcome);
    return job;
  });
  // Thrown after the commit, which keeps what arrived late.
  if (lateFor !== undefined) throw new JobOverError(lateFor.id, describeJob(lateFor));
}

function refuse(core: Database, kinds: JobKinds, daemon: DaemonSession, completed: CompletedJob, error: string): Promise<void> {
  return core.write(async (tx) => {
    const job = await lockOwnJob(core, tx, daemon, completed.jobId);
    if (job.completed_at !== null) return;
    await endJob(core, tx, kinds, job, { how: "refused", error, outcome: outcomeFor(kinds, job, completed) });
  });
}

/** Returns undefined if the daemon's result is for another kind of job. */
function outcomeFor(kinds: JobKinds, job: Row<"provisioner_jobs">, { type }: CompletedJob): Completed<JobCase> | undefined {
  return type.case === kindOf(kinds, job.type).case ? type.value : undefined;
}

/** Returns an error that is the daemon's fault; undefined for one of our own, after which the daemon may try again. */
function asInvalid(error: unknown): Error | undefined {
  if (error instanceof InvalidCompletionError) return error;
  if (error instanceof StatusError && error.code === "INVALID_ARGUMENT") return error;
  if (!(error instanceof UniqueViolationError)) return undefined;
  return new InvalidCompletionError(`the daemon reported a duplicate: ${error.constraint}`, { cause: error });
}
