import { type ChildProcess, spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import type { OrphanGuard } from "./orphan-guard.ts";

export type Environment = Readonly<Record<string, string>>;

/** How a running command is told to end. Both are for good: a command that is started later does not start. */
export interface Stop {
  /** Asks: an interrupt, and after {@link graceMs} a kill. */
  readonly interrupt: AbortSignal;
  /** Tells: a kill at once. */
  readonly kill: AbortSignal;
  /** Default 3 minutes, which Terraform may need to bring its resources to rest. */
  readonly graceMs: number;
}

export interface CommandOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  readonly stop: Stop;
  /** Stops the program should this process be killed. */
  readonly guard?: OrphanGuard | undefined;
  readonly onStdoutLine?: (line: string) => void;
  readonly onStderrLine?: (line: string) => void;
}

export interface CommandExit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** All of standard output; empty when its lines were handed out. */
  readonly stdout: Buffer;
}

/** After the program is gone, how long its output may stay open in the hands of a process that it left behind. */
const OUTPUT_GRACE_MS = 2_000;

/**
 * Runs a program in a process group of its own, so that an interrupt from the terminal reaches only us, who then decide.
 * What it leaves running when it ends by itself lives on (a template may start an agent that way); after a stop the whole group is killed.
 *
 * @throws the stop's reason when it came before the start; the system's error when the program cannot be started
 */
export async function runCommand(options: CommandOptions): Promise<CommandExit> {
  const { program, args, cwd, env, stop } = options;
  stop.kill.throwIfAborted();
  stop.interrupt.throwIfAborted();
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  using _watch = child.pid === undefined ? undefined : options.guard?.watch(child.pid);

  const captured: Buffer[] = [];
  if (options.onStdoutLine === undefined) child.stdout.on("data", (chunk: Buffer) => captured.push(chunk));
  const flushStdout = options.onStdoutLine === undefined ? () => {} : readLines(child.stdout, options.onStdoutLine);
  const flushStderr = readLines(child.stderr, options.onStderrLine ?? (() => {}));

  let graceTimer: NodeJS.Timeout | undefined;
  const kill = (): void => killGroup(child);
  const interrupt = (): void => {
    child.kill("SIGINT");
    graceTimer = setTimeout(kill, stop.graceMs);
  };
  stop.interrupt.addEventListener("abort", interrupt, { once: true });
  stop.kill.addEventListener("abort", kill, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      let outputTimer: NodeJS.Timeout | undefined;
      child.once("exit", (exitCode) => {
        if (stop.interrupt.aborted || stop.kill.aborted) killGroup(child);
        outputTimer = setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
          resolve(exitCode);
        }, OUTPUT_GRACE_MS);
      });
      child.once("close", (exitCode) => {
        clearTimeout(outputTimer);
        resolve(exitCode);
      });
    });
    flushStdout();
    flushStderr();
    return { code, stdout: Buffer.concat(captured) };
  } finally {
    clearTimeout(graceTimer);
    stop.interrupt.removeEventListener("abort", interrupt);
    stop.kill.removeEventListener("abort", kill);
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is already gone.
  }
}

/** @returns hands out what stands after the last line break */
function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  });
  return () => {
    const last = rest + decoder.end();
    rest = "";
    if (last !== "") onLine(last);
  };
}
