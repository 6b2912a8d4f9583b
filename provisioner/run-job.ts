import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { redactSecrets } from "#credentials/secret.ts";
import type { Timing } from "#proto/gen/provisioner_pb.js";
import { type AcquiredJob, type FailedJob, FailedJob_WorkspaceBuildSchema, type FailedJobSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { DaemonClient } from "./connection.ts";
import { JobCanceledError, JobReporter, LeaseLostError } from "./job-reporter.ts";
import { type CompletedType, JobError, type JobRun } from "./job-run.ts";
import type { ProviderHost } from "./provider-host.ts";
import { dryRunTemplate } from "./template-dry-run.ts";
import { importTemplate } from "./template-import.ts";
import { callUntilAnswered } from "./terminal-call.ts";
import { ConversionError } from "./terraform/attributes.ts";
import type { Environment } from "./terraform/command.ts";
import { DotSyntaxError } from "./terraform/dot.ts";
import { Executor, TerraformStepError } from "./terraform/executor.ts";
import { findTerraform, TerraformUnusableError } from "./terraform/find-terraform.ts";
import { LEVELS } from "./terraform/log-line.ts";
import type { OrphanGuard } from "./terraform/orphan-guard.ts";
import { TemplateParseError } from "./terraform/parse-template.ts";
import type { PreparedTemplates } from "./terraform/prepared-templates.ts";
import { StateFormatError } from "./terraform/state.ts";
import { UnpackError } from "./terraform/unpack.ts";
import { openWorkDirectory } from "./terraform/work-directory.ts";
import { keepUndeliveredState } from "./undelivered-state.ts";
import { buildWorkspace, hasNothingToDestroy } from "./workspace-build.ts";

export interface JobDeps {
  readonly client: DaemonClient;
  readonly metadata: Metadata;
  readonly host: ProviderHost;
  /** Path of the Terraform executable; default: `terraform` on PATH. */
  readonly terraform: string | undefined;
  readonly env: Environment;
  readonly guard: OrphanGuard;
  readonly workDirectory: string;
  readonly templates: PreparedTemplates;
  readonly updateIntervalMs: number;
  /** How long a canceled job may take to end before it is killed. */
  readonly forceCancelMs: number;
  /** How long Terraform may take after an interrupt before it is killed. */
  readonly graceMs: number;
  readonly now: () => number;
  readonly log: Logger;
}

/** The daemon's signals to end a run. */
export interface JobSignals {
  /** The daemon must end now: the job is interrupted and fails. */
  readonly interrupt: AbortSignal;
  /** The daemon ends at once: everything is killed, and the server is told if that takes no time. */
  readonly abandon: AbortSignal;
}

/** The daemon was stopped, and therefore stopped the job. */
export class DaemonStoppedError extends Error {
  override readonly name = "DaemonStoppedError";
}

class CancelTimedOutError extends Error {
  override readonly name = "CancelTimedOutError";
}

/** After the lease has ended, another run may start on the same state, so Terraform gets little time. */
const LEASE_GRACE_MS = 10_000;
const FINAL_CALL_TIMEOUT_MS = 30_000;
const FINAL_CALL_LIMIT_MS = 10 * 60_000;

type Ending =
  | { readonly kind: "completed"; readonly type: CompletedType }
  | { readonly kind: "failed"; readonly failure: MessageInitShape<typeof FailedJobSchema> };

/** Runs one job from its first log line to CompleteJob or FailJob; the server accepts exactly one of these. Does not throw. */
export async function runJob(job: AcquiredJob, acquiredAt: number, deps: JobDeps, signals: JobSignals): Promise<void> {
  const log = deps.log.child({ job: job.jobId, kind: job.type.case });
  log.info("job started");
  let ending: Ending;
  {
    await using reporter = new JobReporter({
      client: deps.client,
      metadata: deps.metadata,
      jobId: job.jobId,
      leaseMs: Number(job.leaseMs),
      acquiredAt,
      updateIntervalMs: deps.updateIntervalMs,
      now: deps.now,
      log,
    });
    reporter.stage("Setting up");
    ending = await perform(job, deps, signals, reporter, log);
    reporter.stage("Cleaning Up");
    if (!signals.abandon.aborted) await reporter.flush();
  }
  await tellEnding(job, ending, deps, signals, log);
}

async function perform(job: AcquiredJob, deps: JobDeps, signals: JobSignals, reporter: JobReporter, log: Logger): Promise<Ending> {
  using stopping = watchForStop(reporter, signals, deps);
  const { stop } = stopping;
  let run: JobRun | undefined;
  try {
    if (job.type.case === "workspaceBuild" && hasNothingToDestroy(job.type.value)) return destroyNothing(reporter);
    const terraform = await findTerraform(deps.terraform, deps.env);
    await using work = await openWorkDirectory(deps.workDirectory);
    const executor = new Executor({
      terraform,
      work,
      env: deps.env,
      stop,
      guard: deps.guard,
      now: deps.now,
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
      commitQuota: (dailyCost) =>
        callUntilAnswered(
          (signal) =>
            deps.client.commitQuota({ jobId: job.jobId, dailyCost }, { metadata: deps.metadata, signal, timeoutMs: FINAL_CALL_TIMEOUT_MS }),
          { limitMs: FINAL_CALL_LIMIT_MS, signal: stop.interrupt },
        ),
    };
    const type = await runKind(job, run);
    return { kind: "completed", type };
  } catch (error) {
    const { reason } = stop.kill.aborted ? stop.kill : stop.interrupt;
    const cause: unknown = stop.interrupt.aborted ? reason : error;
    const explained = explain(cause);
    const text = redactSecrets(explained ?? internalText(error));
    if (explained === undefined) log.error({ err: error }, "job failed because of an internal error");
    else log.info({ reason: text }, "job failed");
    if (cause instanceof JobCanceledError) reporter.line("daemon", "warn", run?.stage ?? "", "The job was canceled.");
    // Terraform's own messages are already in the log.
    else if (!(cause instanceof TerraformStepError))
      for (const line of text.split("\n")) reporter.line("daemon", "error", run?.stage ?? "Setting up", line);
    return { kind: "failed", failure: failureMessage(job, run, text) };
  }
}

/** A workspace that was never created can be deleted even if its template, or Terraform, is broken. */
function destroyNothing(reporter: JobReporter): Ending {
  reporter.line("daemon", "info", "Destroying workspace", "The workspace has no state: there is nothing to destroy.");
  return { kind: "completed", type: { case: "workspaceBuild", value: {} } };
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

/** Combines the reasons to stop: the first one sets the reason, and the time that Terraform gets. */
function watchForStop(reporter: JobReporter, signals: JobSignals, deps: JobDeps) {
  const interrupt = new AbortController();
  const kill = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const off: (() => void)[] = [];
  const on = (signal: AbortSignal, act: (reason: unknown) => void): void => {
    const listener = (): void => act(signal.reason);
    if (signal.aborted) listener();
    else signal.addEventListener("abort", listener, { once: true });
    off.push(() => signal.removeEventListener("abort", listener));
  };
  const end = (reason: unknown, killAfterMs: number, killReason: unknown): void => {
    interrupt.abort(reason);
    timers.push(setTimeout(() => kill.abort(killReason), killAfterMs));
  };
  on(reporter.canceled, (reason) => end(reason, deps.forceCancelMs, new CancelTimedOutError("Cancel timed out")));
  on(signals.interrupt, (reason) => end(reason, deps.forceCancelMs, reason));
  on(reporter.lost, (reason) => end(reason, LEASE_GRACE_MS, reason));
  on(signals.abandon, (reason) => {
    interrupt.abort(reason);
    kill.abort(reason);
  });
  return {
    stop: { interrupt: interrupt.signal, kill: kill.signal, graceMs: deps.graceMs },
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const release of off) release();
    },
  };
}

/** Returns the text of a failure that a user can understand, or undefined for an internal error. */
function explain(cause: unknown): string | undefined {
  // A canceled job has no error: its status is enough.
  if (cause instanceof JobCanceledError) return "";
  const isForUsers =
    cause instanceof TerraformStepError ||
    cause instanceof TerraformUnusableError ||
    cause instanceof ConversionError ||
    cause instanceof StateFormatError ||
    cause instanceof DotSyntaxError ||
    cause instanceof UnpackError ||
    cause instanceof TemplateParseError ||
    cause instanceof JobError ||
    cause instanceof CancelTimedOutError ||
    cause instanceof DaemonStoppedError ||
    cause instanceof LeaseLostError ||
    cause instanceof StatusError;
  return isForUsers ? cause.message : undefined;
}

function internalText(error: unknown): string {
  return `the provisioner daemon failed: ${error instanceof Error ? error.message : String(error)}`;
}

function typeOfFailure(job: AcquiredJob, state: Uint8Array, timings: readonly Timing[]): FailedJob["type"] {
  switch (job.type.case) {
    case "templateImport":
      return { case: "templateImport", value: { $typeName: "provisionerd.FailedJob.TemplateImport" } };
    case "templateDryRun":
      return { case: "templateDryRun", value: { $typeName: "provisionerd.FailedJob.TemplateDryRun" } };
    case "workspaceBuild":
      return { case: "workspaceBuild", value: create(FailedJob_WorkspaceBuildSchema, { state, timings: [...timings] }) };
    case undefined:
      return { case: undefined };
  }
}

function failureMessage(job: AcquiredJob, run: JobRun | undefined, error: string) {
  const type = typeOfFailure(job, run?.reachedState ?? new Uint8Array(), run?.executor.timings ?? []);
  return { jobId: job.jobId, error, errorCode: errorCode(error), type };
}

/** Derives the codes that clients act on from the text of the error. */
function errorCode(error: string): string {
  if (error.includes("missing parameter")) return "MISSING_TEMPLATE_PARAMETER";
  return error.includes("required template variables") ? "REQUIRED_TEMPLATE_VARIABLES" : "";
}

/** Reports the end of the job. A completion that the server refuses becomes a failure with the reached state. */
async function tellEnding(job: AcquiredJob, ending: Ending, deps: JobDeps, signals: JobSignals, log: Logger): Promise<void> {
  const limitMs = signals.abandon.aborted ? 1_000 : FINAL_CALL_LIMIT_MS;
  const timeoutMs = signals.abandon.aborted ? 1_000 : FINAL_CALL_TIMEOUT_MS;
  const signal = signals.abandon.aborted ? AbortSignal.timeout(1_000) : signals.abandon;
  const calls = { metadata: deps.metadata, timeoutMs };
  let failure: MessageInitShape<typeof FailedJobSchema> | undefined;
  if (ending.kind === "failed") failure = ending.failure;
  else {
    try {
      await callUntilAnswered((each) => deps.client.completeJob({ jobId: job.jobId, type: ending.type }, { ...calls, signal: each }), {
        limitMs,
        signal,
      });
      log.info("job completed");
      return;
    } catch (error) {
      log.error({ err: error }, "the server did not accept the job's result");
      const message = `the server did not accept the job's result: ${StatusError.from(error).message}`;
      const result = ending.type.case === "workspaceBuild" ? ending.type.value : undefined;
      const type = typeOfFailure(job, result?.state ?? new Uint8Array(), []);
      failure = { jobId: job.jobId, error: message, type };
    }
  }
  const fail = (message: MessageInitShape<typeof FailedJobSchema>, withinMs: number): Promise<unknown> =>
    callUntilAnswered((each) => deps.client.failJob(message, { ...calls, signal: each }), { limitMs: withinMs, signal });
  try {
    await fail(failure, limitMs);
  } catch (error) {
    log.error({ err: error }, "the server did not accept the job's failure");
    const file = await keepStateOf(failure, deps, log);
    if (file === undefined) return;
    // The server may have refused the state, for example because of its size.
    const where = `The server did not accept Terraform's state; the daemon keeps it in ${file}.`;
    const message = `${failure.error ?? ""}\n\n${where}`.trim();
    await fail({ jobId: job.jobId, error: message, type: typeOfFailure(job, new Uint8Array(), []) }, 0).catch(() => {});
  }
}

/** @returns the file, or undefined if the failure has no state or it cannot be saved */
async function keepStateOf(
  { jobId = "", type }: MessageInitShape<typeof FailedJobSchema>,
  deps: JobDeps,
  log: Logger,
): Promise<string | undefined> {
  if (type?.case !== "workspaceBuild" || type.value.state === undefined || type.value.state.length === 0) return undefined;
  try {
    const file = await keepUndeliveredState(deps.workDirectory, jobId, type.value.state);
    log.error({ file }, "the server did not accept Terraform's state, so it is kept in this file");
    return file;
  } catch (cause) {
    log.error({ err: cause }, "could not save Terraform's state to a file either");
    return undefined;
  }
}
