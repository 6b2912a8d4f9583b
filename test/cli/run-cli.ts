import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { runCli as runProgram } from "#cli/program.ts";

const PROVISO = join(import.meta.dirname, "..", "..", "bin", "proviso");

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What stands on stdin. Default: nothing, at once. */
  readonly input?: string | Uint8Array;
}

/** A command that hangs must fail its test, and leave that test time to end its server. Below vitest's own limit. */
const LIMIT_MS = 25_000;

const environmentOf = (options: CliRunOptions): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: "/nonexistent",
  TZ: "UTC",
  CHECKPOINT_DISABLE: "1",
  ...options.env,
});

/** Starts `bin/proviso` as a process of its own, with an environment that holds nothing of the machine's own sessions. */
export function startCli(args: readonly string[], options: CliRunOptions = {}): ChildProcessWithoutNullStreams {
  const child = spawn(PROVISO, args, { cwd: options.cwd, env: environmentOf(options), stdio: ["pipe", "pipe", "pipe"] });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  child.once("close", () => clearTimeout(limit));
  // A command that ends without reading its input breaks the pipe, which is its right.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  return child;
}

export async function finishCli(child: ChildProcessWithoutNullStreams): Promise<CliRun> {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, stdout, stderr };
}

let running: Promise<unknown> = Promise.resolve();

/**
 * Runs a command to its end in this process, which takes a tenth of the time: all but `cli/main.ts`, which hands it this process's streams
 * and environment. One after the other, since the options' environment variables are this process's while one runs.
 */
export function runCli(args: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
  const run = running.then(async () => {
    const env = environmentOf(options);
    const kept = { ...process.env };
    replaceEnvironment(env);
    try {
      return await runHere(args, env, options);
    } finally {
      replaceEnvironment(kept);
    }
  });
  running = run.catch(() => {});
  return run;
}

/** In the same object: Node hears of a new time zone only there. */
function replaceEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

async function runHere(args: readonly string[], env: Record<string, string>, { cwd, input = "" }: CliRunOptions): Promise<CliRun> {
  const [stdout, stderr] = [collector(), collector()];
  const stdin = Readable.from([Buffer.from(input)]);
  const code = await runProgram(args, {
    env,
    platform: process.platform,
    homeDirectory: env.HOME ?? "",
    workingDirectory: cwd ?? process.cwd(),
    // Pipes, as a child's would be: of a terminal's streams they have nothing.
    stdin: stdin as NodeJS.ReadStream,
    stdout: stdout.stream as NodeJS.WriteStream,
    stderr: stderr.stream as NodeJS.WriteStream,
    interrupts: { signal: AbortSignal.timeout(LIMIT_MS), hold: () => IDLE, holdTermination: () => IDLE },
    now: Date.now,
  });
  stdin.destroy();
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

const IDLE: Disposable = { [Symbol.dispose]: () => {} };

function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, encoding, done) {
      chunks.push(Buffer.from(chunk, encoding));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}
