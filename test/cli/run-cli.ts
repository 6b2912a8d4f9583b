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
  /** Content of stdin. Default: empty. */
  readonly input?: string | Uint8Array;
}

/** A hanging command must fail its test and leave the test time to stop its server, so this is below vitest's own limit. */
const LIMIT_MS = 25_000;

const environmentOf = (options: CliRunOptions): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: "/nonexistent",
  TZ: "UTC",
  CHECKPOINT_DISABLE: "1",
  ...options.env,
});

/** Starts `bin/proviso` in its own process, with an environment without the machine's own sessions. */
export function startCli(args: readonly string[], options: CliRunOptions = {}): ChildProcessWithoutNullStreams {
  const child = spawn(PROVISO, args, { cwd: options.cwd, env: environmentOf(options), stdio: ["pipe", "pipe", "pipe"] });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  child.once("close", () => clearTimeout(limit));
  // A command may end without reading its input, which breaks the pipe.
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
 * Runs a command to its end in this process, which takes a tenth of the time. It covers everything except `cli/main.ts`, which passes the
 * streams and environment of the process. Commands run one after another, because the options read this process's environment variables.
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

/** Changes the same object, because only there Node notices a new time zone. */
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
    // Pipes, like those of a child process: they have nothing that belongs to a terminal.
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
