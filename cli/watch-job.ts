import { setTimeout as sleep } from "node:timers/promises";
import type { ProvisionerJob, ProvisionerJobLog } from "#sdk/provisioner-jobs.ts";
import type { WorkspaceBuild } from "#sdk/workspace-builds.ts";
import type { CliContext } from "./context.ts";
import { CancelledError, CliError } from "./failure.ts";
import { createJobLogView, type JobLogView } from "./job-log.ts";
import { formatTags } from "./tags.ts";

const POLL_MS = 1_000;
/** Most jobs leave the queue at once, and their end should not wait for a whole round. */
const FIRST_POLL_MS = 100;

export interface JobWatch {
  /** The job as it is now. */
  readonly fetchJob: (signal: AbortSignal) => Promise<ProvisionerJob>;
  /** All log lines, from the first on, until the job has ended. */
  readonly followLogs: (signal: AbortSignal) => AsyncIterable<ProvisionerJobLog>;
  /** Asks the server to end the job. Left out: Ctrl-C leaves the job running and only stops watching. */
  readonly cancel?: (signal: AbortSignal) => Promise<unknown>;
  /** Said when Ctrl-C leaves the job running. */
  readonly leaveHint?: string;
  readonly verbose: boolean;
}

/**
 * Shows a job until it has ended.
 *
 * @returns the job, which has succeeded
 * @throws CliError with the job's own error if it failed
 * @throws CancelledError if it was cancelled, or if Ctrl-C ended the watch
 */
export async function watchJob(context: CliContext, watch: JobWatch): Promise<ProvisionerJob> {
  const view = await createJobLogView({ out: context.stdout, verbose: watch.verbose });
  const leave = new AbortController();
  const signal = AbortSignal.any([context.interrupts.signal, leave.signal]);
  using _ctrlC = context.interrupts.hold(onInterrupt(view, watch, leave));

  try {
    const progress: Progress = { sawLogs: false, logsEnded: new AbortController() };
    showQueue(view, await watch.fetchJob(signal));
    const [job] = await Promise.all([pollUntilEnd(view, watch, progress, signal), showLogs(view, watch, progress, signal)]);
    const at = Date.parse(job.completed_at ?? job.created_at);
    view.close(job.status === "succeeded" ? "done" : "failed", at);
    if (job.status === "canceled") throw new CancelledError("the job was cancelled");
    if (job.status !== "succeeded") throw jobFailure(job);
    return job;
  } catch (error) {
    view.close("failed", context.now());
    leave.abort(error);
    if (signal.aborted && signal.reason instanceof CancelledError) throw signal.reason;
    throw error;
  }
}

/** Says on stderr if the job will wait, because no daemon with its tags is online. A server that does not say counts as one that has some. */
export function warnIfNobodyRuns(
  context: CliContext,
  { matched_provisioners: matched, job }: Pick<WorkspaceBuild, "matched_provisioners" | "job">,
): void {
  if (matched?.available !== 0) return;
  const tags = formatTags(job.tags);
  context.stderr.write(
    `warning: no provisioner daemon that takes the tags ${tags} is online; the job waits until \`proviso provisioner start\` runs\n`,
  );
}

/** The job's own words; Terraform's diagnostics in it span lines, and say "Error: " like we do. */
function jobFailure(job: ProvisionerJob): CliError {
  const [first = "", ...rest] = (job.error || `the job ended as ${job.status}`).trim().split("\n");
  const hint = job.error_code === "REQUIRED_TEMPLATE_VARIABLES" ? ["Give the template's variables with --variable name=value."] : [];
  return new CliError(first.replace(/^Error: /, ""), { details: [...rest, ...hint] });
}

function onInterrupt(view: JobLogView, watch: JobWatch, leave: AbortController): () => void {
  let asked = false;
  return () => {
    const { cancel } = watch;
    if (cancel === undefined || asked) {
      if (watch.leaveHint !== undefined) view.remark(watch.leaveHint);
      leave.abort(new CancelledError("Ctrl-C"));
      return;
    }
    asked = true;
    view.remark("Cancelling the job; Terraform is given time to end cleanly. Press Ctrl-C again to stop watching.");
    cancel(leave.signal).catch((error: unknown) => view.remark(`The job could not be cancelled: ${String(error)}`));
  };
}

interface Progress {
  sawLogs: boolean;
  /** Aborted when the last line was shown: the job has ended, or will in a moment. */
  readonly logsEnded: AbortController;
}

async function showLogs(view: JobLogView, watch: JobWatch, progress: Progress, signal: AbortSignal): Promise<void> {
  for await (const log of watch.followLogs(signal)) {
    progress.sawLogs = true;
    view.line({ createdAt: Date.parse(log.created_at), level: log.log_level, stage: log.stage, output: log.output });
  }
  progress.logsEnded.abort();
}

async function pollUntilEnd(view: JobLogView, watch: JobWatch, progress: Progress, signal: AbortSignal): Promise<ProvisionerJob> {
  for (let rounds = 0; ; rounds++) {
    const job = await watch.fetchJob(signal);
    if (!progress.sawLogs) showQueue(view, job);
    if (job.completed_at !== undefined) return job;
    const isSoon = rounds < 3 || progress.logsEnded.signal.aborted;
    await pause(isSoon ? FIRST_POLL_MS : POLL_MS, signal, isSoon ? undefined : progress.logsEnded.signal);
  }
}

/** Waits, or less if `enough` aborts meanwhile; rejects only if `signal` does. */
async function pause(ms: number, signal: AbortSignal, enough: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: enough === undefined ? signal : AbortSignal.any([signal, enough]) });
  } catch (error) {
    signal.throwIfAborted();
    if (enough?.aborted !== true) throw error;
  }
}

/** What is known of a job before its first log line. */
function showQueue(view: JobLogView, job: ProvisionerJob): void {
  if (job.started_at === undefined) view.openStage(queuedStage(job), Date.parse(job.created_at));
  else view.openStage("Running", Date.parse(job.started_at), { name: "Queued", at: Date.parse(job.created_at) });
}

function queuedStage({ queue_position: position }: ProvisionerJob): string {
  if (position <= 0) return "Queued";
  return position === 1 ? "Queued (next)" : `Queued (position: ${position})`;
}
