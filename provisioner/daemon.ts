/**
 * The provisioner daemon waits for jobs from a server and runs them with Terraform, one at a time.
 * It talks to the server only over gRPC and knows nothing of how jobs are stored.
 */
import path from "node:path";
import type { Logger } from "pino";
import { StatusError } from "#proto/status.ts";
import { Backoff, type BackoffOptions } from "#transport/backoff.ts";
import { monotonicMs } from "#transport/monotonic.ts";
import { acquireJob } from "./acquire-job.ts";
import { callMetadata, openDaemonClient } from "./connection.ts";
import { type Guard, startGuard } from "./guard/guard.ts";
import { type Isolation, noIsolation } from "./isolation/sandbox.ts";
import { DaemonStoppedError } from "./job-failure.ts";
import { inProcessProvider, pluginProvider } from "./provider-host.ts";
import { keepRescuing, rescueJobs } from "./rescue.ts";
import { type JobDeps, runJob } from "./run-job.ts";
import type { JobSignals } from "./stop-reasons.ts";
import { baseEnvironment } from "./terraform/environment.ts";
import { findTerraform } from "./terraform/find-terraform.ts";
import { PreparedTemplates } from "./terraform/prepared-templates.ts";

export interface DaemonOptions {
  /** `http://…` (plaintext HTTP/2) or `https://…`. */
  readonly serverUrl: string;
  /** A provisioner key, `pvk_…`. */
  readonly key: string;
  /** 1 to 64 letters, digits and inner hyphens. A daemon that reconnects under its name may continue its job. */
  readonly name: string;
  /** Parent of the jobs' directories; created if it does not exist. Jobs of daemons that died there are ended first. */
  readonly workDirectory: string;
  /** Whether no other machine or container uses the work folder. Default: false. */
  readonly isExclusive?: boolean;
  /** Caches facts about templates from earlier jobs; daemons on one machine may share it. Default: a directory in the work directory. */
  readonly templateDirectory?: string;
  /** Path or name of the Terraform executable. Default: `terraform` on PATH. */
  readonly terraform?: string;
  readonly provider: "in-process" | "plugin";
  /** Directory of the executable `terraform-provider-coder`. Default: this project's `bin`. */
  readonly pluginDirectory?: string;
  /** The environment of the process. Terraform gets it without our own variables and those that would disturb a job. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Directory where providers are downloaded once. Daemons of different processes must not share it. Default: none. */
  readonly pluginCacheDirectory?: string;
  readonly log: Logger;
  /** What the code of templates runs in. Default: nothing. */
  readonly isolation?: Isolation;
  /** Ends Terraform's runs if this process cannot. Default: one of the daemon's own. */
  readonly guard?: Guard;
  /** Time between heartbeats of a job, in milliseconds. Default 1000; at most a tenth of the lease. */
  readonly updateIntervalMs?: number;
  /** How long Terraform may take to end after a cancel or an interrupt before it is killed. Default 10 minutes, which large states need. */
  readonly forceCancelMs?: number;
  /** Time after which a request for a job is renewed, to detect silently dead connections. Default 30 seconds. */
  readonly acquireRefreshMs?: number;
  /** Waits between attempts to reach the server. Default 50 ms to 10 s. */
  readonly retry?: BackoffOptions;
}

/** Disposing interrupts the running job, kills it after ten seconds, and tells the server. Disposing twice is harmless. */
export interface Daemon extends AsyncDisposable {
  /** Resolves when the daemon has ended for any reason. Never rejects. */
  readonly finished: Promise<void>;
  /** Resolves when each job that a dead daemon left in the work folder has ended, and its state was handed up. Never rejects. */
  readonly rescued: Promise<void>;
  /** Takes no new jobs; resolves when the running one has ended by itself. This is what SIGTERM asks for. */
  drain(): Promise<void>;
  /** Takes no new jobs and interrupts the running one; resolves when it has ended. This is what SIGINT asks for. */
  interrupt(): Promise<void>;
}

const DISPOSE_GRACE_MS = 10_000;
const ANSWER_MS = 10_000;

/** Starts a daemon, which keeps retrying while the server cannot be reached or refuses. Throws only for options that can never work. */
export function startDaemon(options: DaemonOptions): Daemon {
  const log = options.log.child({ daemon: options.name });
  const draining = new AbortController();
  const interrupting = new AbortController();
  const abandoning = new AbortController();
  const { finished, rescued } = serve(options, log, {
    drain: draining.signal,
    interrupt: interrupting.signal,
    abandon: abandoning.signal,
  });

  const drain = (): Promise<void> => {
    draining.abort(new DaemonStoppedError("the provisioner daemon is draining"));
    return finished;
  };
  const interrupt = (): Promise<void> => {
    interrupting.abort(new DaemonStoppedError("the provisioner daemon was shut down while it ran this job"));
    return drain();
  };
  return {
    finished,
    rescued,
    drain,
    interrupt,
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => abandoning.abort(interrupting.signal.reason), DISPOSE_GRACE_MS);
      await interrupt();
      clearTimeout(timer);
    },
  };
}

function serve(options: DaemonOptions, log: Logger, signals: JobSignals): Pick<Daemon, "finished" | "rescued"> {
  const env = {
    ...baseEnvironment(options.environment),
    ...(options.pluginCacheDirectory !== undefined && { TF_PLUGIN_CACHE_DIR: options.pluginCacheDirectory }),
  };
  const client = openDaemonClient(options.serverUrl);
  const guard = options.guard ?? startGuard();
  const deps: JobDeps = {
    client,
    metadata: callMetadata(options),
    name: options.name,
    serverUrl: options.serverUrl,
    host:
      options.provider === "in-process"
        ? inProcessProvider
        : pluginProvider(path.resolve(options.pluginDirectory ?? path.join(import.meta.dirname, "..", "bin")), env),
    terraform: options.terraform,
    env,
    guard,
    isolation: options.isolation ?? noIsolation,
    workDirectory: path.resolve(options.workDirectory),
    templates: new PreparedTemplates(path.resolve(options.templateDirectory ?? path.join(options.workDirectory, "templates"))),
    updateIntervalMs: options.updateIntervalMs ?? 1_000,
    forceCancelMs: options.forceCancelMs ?? 10 * 60_000,
    log,
  };
  const rescue = { ...options, client, workDirectory: deps.workDirectory, log };
  const rescued = rescueJobs(rescue, signals.drain);
  const rescuing = rescued.then(() => keepRescuing(rescue, signals.drain));
  const finished = (async () => {
    try {
      await prepare(deps);
      await claimLoop(options, deps, signals);
    } catch (error) {
      log.error({ err: error }, "the provisioner daemon failed");
    } finally {
      await rescuing;
      client.close();
      if (options.guard === undefined) guard[Symbol.dispose]();
      log.info("provisioner daemon stopped");
    }
  })();
  return { finished, rescued };
}

/** Prepares for jobs. A failure here does not prevent the start: Terraform may be installed later. */
async function prepare(deps: JobDeps): Promise<void> {
  const { log } = deps;
  await findTerraform(deps.terraform, deps.env).then(
    (terraform) => log.info({ terraform: terraform.path, version: terraform.version }, "Terraform found"),
    (error: unknown) => log.error(`${error instanceof Error ? error.message : String(error)} Until then, jobs will fail.`),
  );
  await deps.templates
    .sweep(Date.now())
    .catch((error: unknown) => log.warn({ err: error }, "could not remove old templates from the cache"));
}

async function claimLoop(options: DaemonOptions, deps: JobDeps, signals: JobSignals): Promise<void> {
  const { log } = deps;
  const backoff = new Backoff(options.retry ?? { baseMs: 50, capMs: 10_000 });
  let complaint = "";
  while (!signals.drain.aborted) {
    try {
      const job = await acquireJob(deps.client, {
        metadata: deps.metadata,
        drain: signals.drain,
        abandon: signals.abandon,
        refreshMs: options.acquireRefreshMs ?? 30_000,
        answerMs: ANSWER_MS,
      });
      backoff.reset();
      if (complaint !== "") log.info("the server accepts this daemon again");
      complaint = "";
      if (job !== undefined) await runJob(job, monotonicMs(), deps, signals);
    } catch (error) {
      if (signals.drain.aborted) return;
      const reason = StatusError.from(error);
      const told = `${reason.code}: ${reason.message}`;
      // Each reason is logged once, no matter how long it lasts.
      if (told !== complaint) log.error({ code: reason.code }, `cannot get jobs from the server, retrying: ${reason.message}`);
      complaint = told;
      await backoff.wait(signals.drain).catch(() => {});
    }
  }
}
