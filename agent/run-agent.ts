/**
 * The workspace agent reports to the server, runs the template's scripts and shows that the workspace is alive.
 * It talks to the server only through gRPC and the API, and knows its own process only through its options.
 */
import { delimiter, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { durationMs } from "@bufbuild/protobuf/wkt";
import type { Logger } from "pino";
import { Startup_Subsystem } from "#proto/gen/agent_pb.js";
import { PROGRAM_VERSION } from "#proto/program-version.ts";
import { StatusError } from "#proto/status.ts";
import { reportAppHealth } from "./app-health.ts";
import { expandPath } from "./expand-path.ts";
import { firstUsableFolder } from "./home.ts";
import { keepConnected } from "./keep-connected.ts";
import { Lifecycle, type LifecycleChange } from "./lifecycle.ts";
import { LogQueue } from "./log-queue.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { MetadataCollector } from "./metadata-collector.ts";
import { isRefusal, Outbox, orAborted } from "./outbox.ts";
import { sendHealths, sendLifecycle, sendLogs, sendMetadata, sendTiming } from "./reports.ts";
import { scriptEnvironment } from "./script-environment.ts";
import { scriptFolders } from "./script-folders.ts";
import { ScriptRunner, type ScriptTiming, type StageOutcome } from "./script-runner.ts";
import { type AgentClient, openAgentClient } from "./server-connection.ts";

export type Subsystem = "envbox" | "envbuilder" | "exectrace";

export interface AgentOptions {
  readonly url: URL;
  /** Called again for each connection, so that a token file may change. */
  readonly token: () => Promise<string>;
  /** The agent's own environment, the basis of the scripts' environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly username: string;
  readonly shell: string;
  readonly logDirectory: string;
  readonly scriptDataDirectory: string;
  readonly subsystems: readonly Subsystem[];
  /** This program, if it is a single file that can be started as `gitssh` and as Git's password prompt. */
  readonly executable?: string;
}

export interface AgentDeps {
  readonly log: Logger;
  readonly now: () => Date;
  readonly random: () => number;
}

/** Time to send the last reports at the end. */
const FAREWELL_MS = 5_000;
const DEFAULT_REPORT_MS = 10_000;

/**
 * Runs until the signal, which asks for an orderly shutdown: the agent runs the stop scripts, ends what still runs, and tells the server.
 * It never gives up on the server. Start scripts run once, no matter how often it reconnects.
 */
export async function runAgent(options: AgentOptions, { log, now, random }: AgentDeps, signal: AbortSignal): Promise<void> {
  const refused = (what: unknown, error: Error): void => log.warn({ what, reason: error.message }, "the server refused a report");
  /** Drops a batch that the server will never accept, so that it does not block the next ones. */
  const unlessRefused = async <T>(what: string, sent: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await sent;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused(what, error);
      return otherwise;
    }
  };
  const changes = new Outbox<LifecycleChange>(refused);
  const timings = new Outbox<ScriptTiming>(refused);
  const logs = new LogQueue(() => performance.now());
  const lifecycle = new Lifecycle((change) => {
    changes.push(change);
    log.info({ state: change.state }, "lifecycle");
  }, now);
  const ended = new AbortController();
  const agentEnv = environmentOf(options);
  // Memory is a last resort, for a disk without room and a user without a home.
  const folders = scriptFolders([options.scriptDataDirectory, options.home, "/dev/shm"]);
  let place = { cwd: firstUsableFolder([options.home]), env: {} as Readonly<Record<string, string>>, shell: options.shell };
  const metadata = new MetadataCollector({ now, place: () => place });
  let runner: ScriptRunner | undefined;
  /** Stops the heartbeats: one after the final state would make the server believe that the agent is alive. */
  const silenced = new AbortController();
  /** Aborted when the server rejects the token: a stop ends the token before the agent, and then nobody receives reports. */
  let dismissed = new AbortController();

  /** Runs once in the agent's life, at the first manifest. */
  const begin = (scripts: ScriptRunner): void => {
    lifecycle.move("starting");
    const start = async (): Promise<void> => {
      const outcome = await scripts.runStage("start");
      lifecycle.move(({ ok: "ready", failed: "start_error", timed_out: "start_timeout" } as const)[outcome]);
      if (!signal.aborted) scripts.startSchedules();
    };
    start().catch((error: unknown) => {
      log.error({ err: error }, "could not run the start scripts");
      lifecycle.move("start_error");
    });
  };

  const trustedBinFolder = (): string | undefined => {
    try {
      return folders.bin();
    } catch (error) {
      log.error({ err: error }, "cannot create the folder for programs that scripts install");
      return undefined;
    }
  };

  const adopt = (manifest: Manifest, token: string, directory: string): void => {
    const workspace = {
      id: manifest.workspaceId,
      name: manifest.workspaceName,
      agentName: manifest.agentName,
      ownerName: manifest.ownerName,
    };
    const { username, executable, home, shell, logDirectory } = options;
    const { environmentVariables: variables, vscodeProxyUri } = manifest;
    const binFolder = trustedBinFolder();
    const env = scriptEnvironment({ env: agentEnv, home, username, token, executable, workspace, vscodeProxyUri, binFolder, variables });
    place = { cwd: firstUsableFolder([directory, home]), env, shell };
    metadata.describe(manifest.metadata);
    if (runner !== undefined || signal.aborted) return;
    const { scripts } = manifest;
    const reportTiming = (timing: ScriptTiming): void => timings.push(timing);
    runner = new ScriptRunner({
      scripts,
      directory,
      home,
      shell,
      agentEnv,
      env,
      logDirectory,
      folders,
      logs,
      reportTiming,
      now,
      log,
    });
    begin(runner);
  };

  const converse = async (connected: () => void, connection: AbortSignal): Promise<void> => {
    const token = (await options.token()).trim();
    const client = openAgentClient(options.url, token);
    try {
      const manifest = parseManifest(await client.getManifest({}, { signal: connection }));
      const directory = expandPath(manifest.directory, { home: options.home, env: agentEnv, base: options.home });
      const subsystems = options.subsystems.map((subsystem) => SUBSYSTEMS[subsystem]);
      await client.updateStartup(
        { startup: { version: PROGRAM_VERSION, expandedDirectory: directory, subsystems } },
        { signal: connection },
      );
      connected();
      dismissed = new AbortController();
      log.info({ agent: manifest.agentName, workspace: manifest.workspaceName, server: options.url.origin }, "connected");
      adopt(manifest, token, directory);
      await together(connection, (until) => {
        const working = AbortSignal.any([until, signal]);
        return [
          changes.deliver((change) => sendLifecycle(client, change, until), until),
          timings.deliver((timing) => sendTiming(client, timing, until), until),
          logs.deliver((batch) => unlessRefused("logs", sendLogs(client, batch, until), { limitExceeded: false }), until),
          beat(client, AbortSignal.any([until, silenced.signal])),
          metadata.deliver((results) => unlessRefused("metadata", sendMetadata(client, results, until), undefined), working),
          reportAppHealth(manifest.apps, { send: (healths) => sendHealths(client, healths, working) }, working),
        ];
      });
    } catch (error) {
      if (error instanceof StatusError && error.code === "UNAUTHENTICATED") dismissed.abort();
      throw error;
    } finally {
      client.close();
    }
  };

  const connecting = keepConnected(converse, { log, now: () => performance.now(), random }, ended.signal);
  const collecting = metadata.collect(signal);

  await untilAborted(signal);
  // Without a manifest, nothing has started and there is nothing to report, so the agent ends at once.
  if (runner !== undefined) {
    lifecycle.move("shutting_down");
    runner.stopSchedules();
    const outcome = await runner.runStage("stop");
    silenced.abort();
    lifecycle.move(FINAL[outcome]);
    await runner[Symbol.asyncDispose]();
    logs.flush();
    const limit = AbortSignal.any([AbortSignal.timeout(FAREWELL_MS), dismissed.signal]);
    await Promise.all([changes.whenEmpty(limit), timings.whenEmpty(limit), logs.whenEmpty(limit)]);
  }
  ended.abort();
  await Promise.all([connecting, collecting]);
}

const FINAL = { ok: "off", failed: "shutdown_error", timed_out: "shutdown_timeout" } as const satisfies Record<StageOutcome, string>;

/** Lets scripts find the programs next to this one, and talk to the same server. */
function environmentOf({ env, url, executable }: AgentOptions): Readonly<Record<string, string | undefined>> {
  const path = executable === undefined ? env.PATH : [env.PATH, dirname(executable)].filter(Boolean).join(delimiter);
  return { ...env, PATH: path, CODER_AGENT_URL: env.CODER_AGENT_URL ?? url.href };
}

/** Runs all routines until the first one fails, which ends the others. */
async function together(signal: AbortSignal, start: (until: AbortSignal) => Promise<void>[]): Promise<void> {
  const failed = new AbortController();
  const routines = start(AbortSignal.any([signal, failed.signal]));
  try {
    await Promise.all(routines);
  } finally {
    failed.abort();
    await Promise.allSettled(routines);
  }
}

/** Sends heartbeats as often as the server asks, until the signal. */
async function beat(client: AgentClient, until: AbortSignal): Promise<void> {
  try {
    let answer = await client.updateStats({}, { signal: until });
    for (;;) {
      const interval = answer.reportInterval === undefined ? 0 : durationMs(answer.reportInterval);
      await sleep(interval > 0 ? interval : DEFAULT_REPORT_MS, undefined, { signal: until });
      // No connections pass through the agent yet, so the counts are zero and there is no latency to measure.
      answer = await client.updateStats({ stats: { connectionMedianLatencyMs: -1 / 1_000 } }, { signal: until });
    }
  } catch (error) {
    if (!until.aborted) throw error;
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  await orAborted(new Promise(() => {}), signal);
}

const SUBSYSTEMS = {
  envbox: Startup_Subsystem.ENVBOX,
  envbuilder: Startup_Subsystem.ENVBUILDER,
  exectrace: Startup_Subsystem.EXECTRACE,
} as const satisfies Record<Subsystem, Startup_Subsystem>;
