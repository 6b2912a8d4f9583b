import type { Metadata } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { AcquiredJob } from "#proto/gen/provisionerd_pb.js";
import { STATE_TRANSFER_MS } from "#tfstate/limits.ts";
import { identifyProcess } from "#transport/process-birth.ts";
import type { DaemonClient } from "./connection.ts";
import { downloadState } from "./download-state.ts";
import { finishJob } from "./finish-job.ts";
import type { Guard } from "./guard/guard.ts";
import type { Isolation } from "./isolation/sandbox.ts";
import type { Ending } from "./job-ending.ts";
import { errorCode, explain, type Failure, internalText, typeOfFailure } from "./job-failure.ts";
import { JobCanceledError, JobReporter } from "./job-reporter.ts";
import { type CompletedType, JobError, type JobRun } from "./job-run.ts";
import { JobSecrets } from "./job-secrets.ts";
import { interruptMarker, type Journal, keepTouching, writeApplyProcess, writeJournal } from "./journal.ts";
import { Lease } from "./lease.ts";
import type { ProviderHost } from "./provider-host.ts";
import { CancelTimedOutError, type JobSignals, watchForStop } from "./stop-reasons.ts";
import { dryRunTemplate } from "./template-dry-run.ts";
import { importTemplate } from "./template-import.ts";
import { callUntilAnswered } from "./terminal-call.ts";
import type { Environment } from "./terraform/command.ts";
import { Executor, TerraformStepError } from "./terraform/executor.ts";
import { findTerraform } from "./terraform/find-terraform.ts";
import { LEVELS } from "./terraform/log-line.ts";
import type { PreparedTemplates } from "./terraform/prepared-templates.ts";
import { openWorkDirectory, type WorkDirectory } from "./terraform/work-directory.ts";
import { buildWorkspace, hasNothingToDestroy } from "./workspace-build.ts";

export interface JobDeps {
  readonly client: DaemonClient;
  readonly metadata: Metadata;
  /** The daemon's name. */
  readonly name: string;
  readonly serverUrl: string;
  readonly host: ProviderHost;
  /** Path of the Terraform executable; default: `terraform` on PATH. */
  readonly terraform: string | undefined;
  readonly env: Environment;
  readonly guard: Guard;
  /** What the code of templates runs in. */
  readonly isolation: Isolation;
  readonly workDirectory: string;
  readonly templates: PreparedTemplates;
  readonly updateIntervalMs: number;
  /** How long Terraform may take to end after a cancel or an interrupt before it is killed. */
  readonly forceCancelMs: number;
  readonly log: Logger;
}

const FINAL_CALL_TIMEOUT_MS = 30_000;

/**
 * Runs one job from its first log line to CompleteJob or FailJob; the server accepts exactly one of these. Does not throw.
 *
 * @param acquiredAt when it arrived, in milliseconds of the monotonic clock. The server's lease began a little earlier; each later answer
 *   renews ours from when its call was sent, and Terraform changes nothing before the first of them
 */
export async function runJob(job: AcquiredJob, acquiredAt: number, deps: JobDeps, signals: JobSignals): Promise<void> {
  const log = deps.log.child({ job: job.jobId, kind: job.type.case });
  log.info("job started");
  using lease = new Lease(Number(job.leaseMs), acquiredAt);
  const journal = journalOf(job, deps);
  let work: WorkDirectory | undefined;
  let ending: Ending;
  // It renews the lease until the server has taken the end of the job: a large state takes its time.
  await using reporter = new JobReporter({
    client: deps.client,
    metadata: deps.metadata,
    jobId: job.jobId,
    lease,
    updateIntervalMs: deps.updateIntervalMs,
    secrets: new JobSecrets(job),
    log,
  });
  using alive = new DisposableStack();
  reporter.stage("Setting up");
  if (job.type.case === "workspaceBuild" && hasNothingToDestroy(job.type.value)) ending = destroyNothing(reporter);
  else
    try {
      work = await openWorkDirectory(deps.workDirectory);
      await writeJournal(work.root, journal);
      alive.use(keepTouching(work.root));
      ending = await perform(job, { ...deps, log }, { signals, reporter, lease, work, journal });
    } catch (error) {
      ending = { kind: "failed", failure: describeFailure(job, error, { reporter, log, reason: undefined, run: undefined }) };
    }
  reporter.stage("Cleaning Up");
  if (!signals.abandon.aborted) await reporter.flush();
  await finishJob(job.jobId, ending, work, { ...deps, log }, signals);
}

function journalOf(job: AcquiredJob, deps: JobDeps): Journal {
  const { metadata } = job.type.case === "workspaceBuild" ? job.type.value : {};
  return {
    version: 1,
    jobId: job.jobId,
    kind: job.type.case ?? "",
    daemon: deps.name,
    server: deps.serverUrl,
    workspace: metadata === undefined ? "" : `${metadata.workspaceOwner}/${metadata.workspaceName}`,
    owner: identifyProcess(process.pid),
    isApplying: false,
  };
}

interface Run {
  readonly signals: JobSignals;
  readonly reporter: JobReporter;
  readonly lease: Lease;
  readonly work: WorkDirectory;
  readonly journal: Journal;
}

async function perform(job: AcquiredJob, deps: JobDeps, { signals, reporter, lease, work, journal }: Run): Promise<Ending> {
  using stopping = watchForStop({ canceled: reporter.canceled, lease, forceCancelMs: deps.forceCancelMs }, signals);
  const { stop } = stopping;
  let run: JobRun | undefined;
  try {
    const terraform = await findTerraform(deps.terraform, deps.env);
    await using isolation = await deps.isolation.openJob(work);
    const left = isolation.leftovers === undefined ? {} : { leftovers: isolation.leftovers };
    const executor = new Executor({
      terraform,
      work,
      env: deps.env,
      isolation,
      stop,
      watch: (pid, pipes) => deps.guard.watch({ pid, pipes, marker: interruptMarker(work.root, pid), ...left }, lease),
      onApply: (pid) => writeApplyProcess(work.root, pid, deps.guard.pid ?? 0),
      now: Date.now,
      log: ({ level, text }) => {
        if (run === undefined || LEVELS.indexOf(level) >= LEVELS.indexOf(run.minimumLevel))
          reporter.line("terraform", level, run?.stage ?? "Setting up", text);
      },
    });
    run = {
      work,
      executor,
      host: deps.host,
      templates: deps.templates,
      reporter,
      stage: "Setting up",
      minimumLevel: "trace",
      reachedState: new Uint8Array(),
      beginApply: () => writeJournal(work.root, { ...journal, isApplying: true }),
      commitQuota: (dailyCost) =>
        callUntilAnswered(
          (signal) =>
            deps.client.commitQuota({ jobId: job.jobId, dailyCost }, { metadata: deps.metadata, signal, timeoutMs: FINAL_CALL_TIMEOUT_MS }),
          { signal: stop.interrupt },
        ),
    };
    await downloadLargeState(job, deps, stop.interrupt);
    const type = await runKind(job, run);
    return { kind: "completed", type };
  } catch (error) {
    // A process that was stopped for long may see that Terraform was killed before its own timers run.
    lease.check();
    const reason: unknown = stop.interrupt.aborted ? stop.interrupt.reason : undefined;
    if (stop.kill?.aborted && stop.kill.reason instanceof CancelTimedOutError)
      reporter.line("daemon", "error", run?.stage ?? "", stop.kill.reason.message);
    return { kind: "failed", failure: describeFailure(job, error, { reporter, log: deps.log, reason, run }) };
  }
}

/** A workspace that was never created can be deleted even if its template, or Terraform, is broken. */
function destroyNothing(reporter: JobReporter): Ending {
  reporter.line("daemon", "info", "Destroying workspace", "The workspace has no state: there is nothing to destroy.");
  return { kind: "completed", type: { case: "workspaceBuild", value: {} } };
}

/** Puts a state that was too large for the job's message into it. */
async function downloadLargeState({ jobId, type }: AcquiredJob, { client, metadata }: JobDeps, signal: AbortSignal): Promise<void> {
  if (type.case !== "workspaceBuild" || type.value.stateSize === 0n) return;
  type.value.state = await callUntilAnswered(
    (each) => downloadState({ client, metadata, jobId, signal: each, timeoutMs: STATE_TRANSFER_MS }),
    { signal },
  );
}

function runKind(job: AcquiredJob, run: JobRun): Promise<CompletedType> {
  if (job.provisioner !== "" && job.provisioner !== "terraform")
    throw new JobError(`this daemon cannot run the provisioner ${JSON.stringify(job.provisioner)}: it supports only "terraform"`);
  switch (job.type.case) {
    case "templateImport":
      return importTemplate(job.type.value, job.templateSourceArchive, run);
    case "templateDryRun":
      return dryRunTemplate(job.type.value, job.userName, job.templateSourceArchive, run);
    case "workspaceBuild":
      return buildWorkspace(job.type.value, job.templateSourceArchive, run);
    case undefined:
      throw new JobError("this daemon does not know this kind of job: update the daemon");
  }
}

/** @param at.reason why the run was stopped; it explains the error */
function describeFailure(
  job: AcquiredJob,
  error: unknown,
  at: { readonly reporter: JobReporter; readonly log: Logger; readonly reason: unknown; readonly run: JobRun | undefined },
): Failure {
  const cause = at.reason ?? error;
  const explained = explain(cause);
  const text = at.reporter.redact(explained ?? internalText(error));
  if (explained === undefined) at.log.error({ err: error }, "job failed because of an internal error");
  else at.log.info({ reason: text }, "job failed");
  const stage = at.run?.stage ?? "Setting up";
  if (cause instanceof JobCanceledError) at.reporter.line("daemon", "warn", stage, "The job was canceled.");
  // Terraform's own messages are already in the log.
  else if (!(cause instanceof TerraformStepError)) for (const line of text.split("\n")) at.reporter.line("daemon", "error", stage, line);
  const left = { state: at.run?.reachedState ?? new Uint8Array(), timings: at.run?.executor.timings ?? [] };
  return { jobId: job.jobId, error: text, errorCode: errorCode(text), type: typeOfFailure(job.type.case, left) };
}
