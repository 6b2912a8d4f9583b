import { setTimeout as sleep } from "node:timers/promises";
import type { ProvisionerJob, ProvisionerJobLog } from "#sdk/provisioner-jobs.ts";
import type { WorkspaceBuild } from "#sdk/workspace-builds.ts";
import type { CliContext } from "./context.ts";
import { CanceledError, CliError } from "./failure.ts";
import { createJobLogView, type JobLogView } from "./job-log.ts";
import { formatTags } from "./tags.ts";

const POLL_MS = 1_000;
/** Most jobs leave the queue at once, and noticing their end should not take a whole polling interval. */
const FIRST_POLL_MS = 100;

export interface JobWatch {
  /** Fetches the current state of the job. */
  readonly fetchJob: (signal: AbortSignal) => Promise<ProvisionerJob>;
  /** Yields all log lines, from the first one, until the job has ended. */
  readonly followLogs: (signal: AbortSignal) => AsyncIterable<ProvisionerJobLog>;
  /** Asks the server to cancel the job. Without it, Ctrl-C leaves the job running and only stops watching. */
  readonly cancel?: (signal: AbortSignal) => Promise<unknown>;
  /** Message for a Ctrl-C that leaves the job running. */
  readonly leaveHint?: string;
  readonly verbose: boolean;
}

/**
 * Shows a job until it ends.
 *
 * @returns the job if it succeeded
 * @throws CliError with the job's own error if it failed
 * @throws CanceledError if the job was canceled, or Ctrl-C stopped watching
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
    if (job.status === "canceled") throw new CanceledError("the job was canceled");
    if (job.status !== "succeeded") throw jobFailure(job);
    return job;
  } catch (error) {
    view.close("failed", context.now());
    leave.abort(error);
    if (signal.aborted && signal.reason instanceof CanceledError) throw signal.reason;
    throw error;
  }
}

/** Warns on stderr if the job will wait because no daemon with its tags is online. If the server does not say, a daemon is assumed. */
export function warnIfNobodyRuns(
  context: CliContext,
  { matched_provisioners: matched, job }: Pick<WorkspaceBuild, "matched_provisioners" | "job">,
): void {
  if (matched?.available !== 0) return;
  const tags = formatTags(job.tags);
  context.stderr.write(
    `warning: no provisioner daemon for the tags ${tags} is online; the job waits until one is started with \`proviso provisioner start\`\n`,
  );
}

/** Turns the job's own error into ours. Terraform's diagnostics span several lines and start with "Error: ", as our output does. */
function jobFailure(job: ProvisionerJob): CliError {
  const [first = "", ...rest] = (job.error || `the job ended with status ${job.status}`).trim().split("\n");
  const hint = job.error_code === "REQUIRED_TEMPLATE_VARIABLES" ? ["Set the template's variables with --variable name=value."] : [];
  return new CliError(first.replace(/^Error: /, ""), { details: [...rest, ...hint] });
}

function onInterrupt(view: JobLogView, watch: JobWatch, leave: AbortController): () => void {
  let asked = false;
  return () => {
    const { cancel } = watch;
    if (cancel === undefined || asked) {
      if (watch.leaveHint !== undefined) view.remark(watch.leaveHint);
      leave.abort(new CanceledError("Ctrl-C"));
      return;
    }
    asked = true;
    view.remark("Canceling the job. Terraform gets time to finish cleanly. Press Ctrl-C again to stop watching.");
    cancel(leave.signal).catch((error: unknown) => view.remark(`Could not cancel the job: ${String(error)}`));
  };
}

interface Progress {
  sawLogs: boolean;
  /** Aborted after the last line was shown: the job has ended, or will end in a moment. */
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

/** Waits for a time, or until `enough` aborts. Rejects only if `signal` aborts. */
async function pause(ms: number, signal: AbortSignal, enough: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: enough === undefined ? signal : AbortSignal.any([signal, enough]) });
  } catch (error) {
    signal.throwIfAborted();
    if (enough?.aborted !== true) throw error;
  }
}

/** Shows what is known about a job before its first log line. */
function showQueue(view: JobLogView, job: ProvisionerJob): void {
  if (job.started_at === undefined) view.openStage(queuedStage(job), Date.parse(job.created_at));
  else view.openStage("Running", Date.parse(job.started_at), { name: "Queued", at: Date.parse(job.created_at) });
}

function queuedStage({ queue_position: position }: ProvisionerJob): string {
  if (position <= 0) return "Queued";
  return position === 1 ? "Queued (next)" : `Queued (position: ${position})`;
}
