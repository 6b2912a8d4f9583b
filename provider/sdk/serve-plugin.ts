import { mkdtempSync, rmSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { makeServerCertificate } from "./certificate.ts";
import { helpText, type ProgramIdentity, parseCommandLine, startedByHandText, unknownArgumentText } from "./command-line.ts";
import { type Environment, handshakeLine, hostSpeaksOurVersion, isStartedByHost, PROTOCOL_VERSION, portRange } from "./handshake.ts";
import { createHclog, panicText } from "./hclog.ts";
import { type Connection, type ListenAt, type Listener, listen } from "./listener.ts";
import type { OnFault, Provider } from "./provider.ts";

const STDOUT = 1;
const STDERR = 2;
/** How long the host may take to disconnect after Shutdown. It kills the process after 2 s. */
const LEAVE_MS = 1_000;
/** How long running calls may take to end when the process is told to end. */
const GRACE_MS = 3_000;
const PARENT_CHECK_MS = 1_000;
const EXIT_CODES = { SIGHUP: 129, SIGTERM: 143 } as const;

/** A provider that runs as a separate program. */
export interface PluginProgram extends ProgramIdentity {
  /** Loads the provider while Terraform connects. Import the provider in here: Terraform waits for everything that is loaded earlier. */
  readonly load: () => Promise<Provider>;
}

export interface ProgramSurroundings {
  readonly env: Environment;
  /** The arguments after the program's own name: `process.argv.slice(2)`. */
  readonly args: readonly string[];
  /** Default: the one that this runs on. */
  readonly platform?: NodeJS.Platform;
}

/**
 * The complete program of a provider: handles a person's command line, or the whole life of a process that Terraform starts.
 *
 * For Terraform, stdout contains the handshake line and nothing else, ever. Ctrl-C also reaches this process, but is left to Terraform,
 * which then calls StopProvider. The process ends on Shutdown or SIGTERM, or when its parent is gone.
 */
export async function servePlugin(program: PluginProgram, surroundings: ProgramSurroundings): Promise<void> {
  const { env, args, platform = process.platform } = surroundings;
  const command = parseCommandLine(args);
  switch (command.kind) {
    case "help":
      writeSync(STDOUT, helpText(program));
      return;
    case "version":
      writeSync(STDOUT, `terraform-provider-${program.name} ${program.version}\n`);
      return;
    case "unknown":
      writeSync(STDERR, unknownArgumentText(program, command.argument));
      process.exitCode = 2;
      return;
    case "debug": {
      const { serveForDebugging } = await import("./serve-for-debugging.ts");
      return serveForDebugging(program, { env, platform });
    }
    case "serve":
      if (isStartedByHost(env)) return serveHost(program, { env, platform });
      writeSync(STDERR, startedByHandText(program));
      process.exitCode = 1;
  }
}

/** Certificate, listener and handshake line come first; everything else is loaded while the host connects. */
async function serveHost(program: PluginProgram, { env, platform }: Required<Omit<ProgramSurroundings, "args">>): Promise<void> {
  const log = createHclog((line) => writeSync(STDERR, line), Date.now);
  let directory: string | undefined;
  const end = (code: number): never => {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    process.exit(code);
  };
  const fail = (error: unknown): never => {
    writeSync(STDERR, panicText(error));
    return end(2);
  };
  process
    .on("uncaughtException", fail)
    .on("unhandledRejection", fail)
    .on("SIGINT", () => {});

  let listener: Listener | undefined;
  const ending = new AbortController();
  const endOnSignal = (signal: keyof typeof EXIT_CODES): void => {
    const code = EXIT_CODES[signal];
    if (listener === undefined || ending.signal.aborted) end(code);
    ending.abort(new Error(`the provider's process got ${signal}`));
    setTimeout(() => end(code), GRACE_MS);
    void listener?.drain().then(() => end(code), fail);
  };
  process.on("SIGTERM", endOnSignal).on("SIGHUP", endOnSignal);
  const isParentGone = parentWatch(platform);
  // A host that was killed cannot call Shutdown.
  setInterval(() => isParentGone() && end(1), PARENT_CHECK_MS).unref();

  const onFault: OnFault = (error, rpc) =>
    log("error", error instanceof Error ? (error.stack ?? error.message) : String(error), { tf_rpc: rpc });
  let shutDown = false;
  const onShutdown = (): void => {
    shutDown = true;
    // The host disconnects once it has the answer; the timer is for a host that does not.
    setTimeout(() => end(0), LEAVE_MS);
  };

  const hostCertificatePem = env.PLUGIN_CLIENT_CERT || undefined;
  const tls = hostCertificatePem === undefined ? undefined : { hostCertificatePem, own: makeServerCertificate(Date.now()) };
  const { promise: loaded, resolve: load } = Promise.withResolvers<(socket: Socket) => Connection>();
  try {
    let at: ListenAt;
    if (platform === "win32") at = { network: "tcp", ...portRange(env) };
    else {
      directory = mkdtempSync(join(env.PLUGIN_UNIX_SOCKET_DIR || tmpdir(), "plugin-"));
      at = { network: "unix", path: join(directory, "socket") };
    }
    // A socket's file keeps other users out; a port does not.
    if (at.network === "tcp" && tls === undefined)
      throw new Error("on this platform it is served with TLS only (TF_DISABLE_PLUGIN_TLS is set)");
    listener = await listen({ at, serve: async (socket) => (await loaded)(socket), onConnectionClosed: () => shutDown && end(0) });
  } catch (error) {
    // This is not a bug in the program, so only the text is shown.
    return fail(`the ${program.name} provider cannot start: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!hostSpeaksOurVersion(env))
    log("warn", `the host offers protocol ${env.PLUGIN_PROTOCOL_VERSIONS}, this provider speaks ${PROTOCOL_VERSION}`);
  writeSync(STDOUT, handshakeLine(listener, tls?.own.der));

  const [{ pluginConnections }, provider] = await Promise.all([import("./plugin-connection.ts"), program.load()]);
  load(pluginConnections({ provider, tls, onFault, onShutdown, ending: ending.signal }));
}

/** On Windows, a process keeps the id of a parent that has died; elsewhere, it gets another parent. */
function parentWatch(platform: NodeJS.Platform): () => boolean {
  const parent = process.ppid;
  return () => process.ppid !== parent || (platform === "win32" && !isAlive(parent));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
