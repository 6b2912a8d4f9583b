/**
 * The provisioner daemon: waits for jobs at a server and runs them with Terraform, one at a time.
 * It talks to the server only over gRPC and knows nothing of how jobs are stored.
 */
import path from "node:path";
import type { Logger } from "pino";
import { StatusError } from "#proto/status.ts";
import { Backoff, type BackoffOptions } from "#transport/backoff.ts";
import { acquireJob } from "./acquire-job.ts";
import { callMetadata, openDaemonClient } from "./connection.ts";
import { inProcessProvider, pluginProvider } from "./provider-host.ts";
import { DaemonStoppedError, type JobDeps, runJob } from "./run-job.ts";
import { baseEnvironment } from "./terraform/environment.ts";
import { findTerraform } from "./terraform/find-terraform.ts";
import { startOrphanGuard } from "./terraform/orphan-guard.ts";
import { PreparedTemplates } from "./terraform/prepared-templates.ts";
import { sweepStaleDirectories } from "./terraform/work-directory.ts";

export interface DaemonOptions {
  /** `http://…` (plaintext HTTP/2) or `https://…`. */
  readonly serverUrl: string;
  /** A provisioner key, `pvk_…`. */
  readonly key: string;
  /** 1 to 64 letters, digits and inner hyphens; a daemon that comes back under its name may go on with its job. */
  readonly name: string;
  /** Jobs get directories of their own below; made when it is not there. */
  readonly workDirectory: string;
  /** What is known of templates from earlier jobs; daemons of one machine may share it. Default: a directory in the work directory. */
  readonly templateDirectory?: string;
  /** Path or name of Terraform. Default: `terraform` on PATH. */
  readonly terraform?: string;
  readonly provider: "in-process" | "plugin";
  /** Where the executable `terraform-provider-coder` is. Default: this project's `bin`. */
  readonly pluginDirectory?: string;
  /** The process's. Terraform runs with it, less what is ours and what would disturb a job. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Providers are downloaded once into it. One directory must not serve two daemons at a time. Default: none. */
  readonly pluginCacheDirectory?: string;
  readonly log: Logger;
  /** Between heartbeats of a job, in milliseconds. Default 1000; a tenth of the lease or less. */
  readonly updateIntervalMs?: number;
  /** A canceled job that has not ended after so long is killed. Default 10 minutes. */
  readonly forceCancelMs?: number;
  /** How long Terraform may take to end after an interrupt. Default 3 minutes, which is what large states need to settle. */
  readonly graceMs?: number;
  /** A wait for a job is renewed after so long, which finds connections that died in silence. Default 30 seconds. */
  readonly acquireRefreshMs?: number;
  /** Between tries to reach the server. Default 50 ms to 10 s. */
  readonly retry?: BackoffOptions;
}

/** Disposing interrupts the running job, gives it ten seconds, then kills it; the server is told. Harmless twice. */
export interface Daemon extends AsyncDisposable {
  /** Resolves when the daemon has ended, for whatever reason. Never rejects. */
  readonly finished: Promise<void>;
  /** No new job; resolves when the running one has ended by itself. What SIGTERM asks for. */
  drain(): Promise<void>;
  /** No new job, and the running one is interrupted; resolves when it has ended. What SIGINT asks for. */
  interrupt(): Promise<void>;
}

const DISPOSE_GRACE_MS = 10_000;
const ANSWER_MS = 10_000;

/** Starts at once and keeps trying while the server is away or refuses. Throws only for options that can never work. */
export function startDaemon(options: DaemonOptions): Daemon {
  const log = options.log.child({ daemon: options.name });
  const draining = new AbortController();
  const interrupting = new AbortController();
  const abandoning = new AbortController();
  const finished = serve(options, log, { drain: draining.signal, interrupt: interrupting.signal, abandon: abandoning.signal });

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
    drain,
    interrupt,
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => abandoning.abort(interrupting.signal.reason), DISPOSE_GRACE_MS);
      await interrupt();
      clearTimeout(timer);
    },
  };
}

interface Signals {
  readonly drain: AbortSignal;
  readonly interrupt: AbortSignal;
  readonly abandon: AbortSignal;
}

function serve(options: DaemonOptions, log: Logger, signals: Signals): Promise<void> {
  const env = {
    ...baseEnvironment(options.environment),
    ...(options.pluginCacheDirectory !== undefined && { TF_PLUGIN_CACHE_DIR: options.pluginCacheDirectory }),
  };
  const client = openDaemonClient(options.serverUrl);
  const guard = startOrphanGuard(options.environment.PATH ?? "");
  const deps: JobDeps = {
    client,
    metadata: callMetadata(options),
    host:
      options.provider === "in-process"
        ? inProcessProvider
        : pluginProvider(path.resolve(options.pluginDirectory ?? path.join(import.meta.dirname, "..", "bin")), env),
    terraform: options.terraform,
    env,
    guard,
    workDirectory: path.resolve(options.workDirectory),
    templates: new PreparedTemplates(path.resolve(options.templateDirectory ?? path.join(options.workDirectory, "templates"))),
    updateIntervalMs: options.updateIntervalMs ?? 1_000,
    forceCancelMs: options.forceCancelMs ?? 10 * 60_000,
    graceMs: options.graceMs ?? 3 * 60_000,
    now: Date.now,
    log,
  };
  return (async () => {
    try {
      await prepare(deps);
      await claimLoop(options, deps, signals);
    } catch (error) {
      log.error({ err: error }, "the provisioner daemon failed");
    } finally {
      client.close();
      guard[Symbol.dispose]();
      log.info("the provisioner daemon has ended");
    }
  })();
}

/** Neither of these keeps the daemon from starting: Terraform may be installed later. */
async function prepare(deps: JobDeps): Promise<void> {
  const { log } = deps;
  await findTerraform(deps.terraform, deps.env).then(
    (terraform) => log.info({ terraform: terraform.path, version: terraform.version }, "Terraform found"),
    (error: unknown) => log.error(`${error instanceof Error ? error.message : String(error)} Jobs will fail until then.`),
  );
  await sweepStaleDirectories(deps.workDirectory).then(
    (removed) => removed.length > 0 && log.info({ removed }, "removed directories of jobs that had died"),
    (error: unknown) => log.warn({ err: error }, "could not remove directories of jobs that had died"),
  );
  await deps.templates.sweep(deps.now()).catch((error: unknown) => log.warn({ err: error }, "could not forget old templates"));
}

async function claimLoop(options: DaemonOptions, deps: JobDeps, signals: Signals): Promise<void> {
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
      if (complaint !== "") log.info("the server takes this daemon again");
      complaint = "";
      if (job !== undefined) await runJob(job, deps.now(), deps, signals);
    } catch (error) {
      if (signals.drain.aborted) return;
      const reason = StatusError.from(error);
      const told = `${reason.code}: ${reason.message}`;
      // Said once for each reason, however long it lasts.
      if (told !== complaint) log.error({ code: reason.code }, `no jobs from the server, still trying: ${reason.message}`);
      complaint = told;
      await backoff.wait(signals.drain).catch(() => {});
    }
  }
}
