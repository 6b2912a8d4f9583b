import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

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

/** Starts `bin/proviso` as a process of its own, with an environment that holds nothing of the machine's own sessions. */
export function startCli(args: readonly string[], options: CliRunOptions = {}): ChildProcessWithoutNullStreams {
  const child = spawn(PROVISO, args, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, HOME: "/nonexistent", TZ: "UTC", CHECKPOINT_DISABLE: "1", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  child.once("close", () => clearTimeout(limit));
  // A command that ends without reading its input breaks the pipe, which is its right.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  return child;
}

/** Runs it to its end. */
export async function runCli(args: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
  return finishCli(startCli(args, options));
}

export async function finishCli(child: ChildProcessWithoutNullStreams): Promise<CliRun> {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, stdout, stderr };
}
