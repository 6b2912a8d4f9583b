import { type ChildProcess, spawn } from "node:child_process";
import { userInfo } from "node:os";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface CommandRun {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
  /** How long a process that was told to end, or that left its output open, may take. Default: 10 s. */
  readonly graceMs?: number;
}

/** `code` is undefined when a signal ended the process. `pipesLeftOpen`: something that it started still holds its output. */
export type CommandEnd =
  | { readonly kind: "exited"; readonly code: number | undefined; readonly pipesLeftOpen: boolean }
  | { readonly kind: "timed_out" }
  | { readonly kind: "aborted" }
  | { readonly kind: "not_started"; readonly error: Error };

/** The user's own shell runs the text, unless its first line names an interpreter. Either gets the whole text after `-c`. */
export function commandFor(script: string, shell: string): Command {
  const [, line] = /^#!([^\n]*)/.exec(script.trimStart()) ?? [];
  const [file, ...args] = line?.trim().split(/\s+/) ?? [];
  return file === undefined || file === "" ? { file: shell, args: ["-c", script] } : { file, args: [...args, "-c", script] };
}

/** From the password database, else from the environment, else the one that is always there. */
export function loginShell(env: Readonly<Record<string, string | undefined>>): string {
  try {
    const { shell } = userInfo();
    if (shell) return shell;
  } catch {
    // A user id without an entry is ordinary in containers.
  }
  return env.SHELL || "/bin/sh";
}

/**
 * Runs a command in a session of its own, so that it can be ended with all that it started.
 * At the time limit, or the signal, its process group gets SIGHUP, and SIGKILL after the grace time.
 */
export async function runCommand(command: Command, run: CommandRun, signal: AbortSignal): Promise<CommandEnd> {
  if (signal.aborted) return { kind: "aborted" };
  const { graceMs = 10_000 } = run;
  const { resolve, promise: ended } = Promise.withResolvers<CommandEnd>();
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, action: () => void): void => void timers.add(setTimeout(action, ms));
  let child: ChildProcess;
  try {
    child = spawn(command.file, command.args, { cwd: run.cwd, env: run.env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    return { kind: "not_started", error: error instanceof Error ? error : new Error(String(error)) };
  }

  let stopped: CommandEnd | undefined;
  const stop = (why: CommandEnd): void => {
    if (stopped !== undefined) return;
    stopped = why;
    signalGroup(child, "SIGHUP");
    after(graceMs, () => {
      signalGroup(child, "SIGKILL");
      resolve(why);
    });
  };
  const abort = (): void => stop({ kind: "aborted" });

  child.stdout?.on("data", run.onStdout);
  child.stderr?.on("data", run.onStderr);
  child.once("error", (error) => {
    if (child.pid === undefined) resolve({ kind: "not_started", error });
  });
  child.once("exit", (code) => after(graceMs, () => resolve(stopped ?? { kind: "exited", code: code ?? undefined, pipesLeftOpen: true })));
  child.once("close", (code) => resolve(stopped ?? { kind: "exited", code: code ?? undefined, pipesLeftOpen: false }));
  if (run.timeoutMs > 0) after(run.timeoutMs, () => stop({ kind: "timed_out" }));
  signal.addEventListener("abort", abort, { once: true });

  try {
    return await ended;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // ESRCH: all of the group has ended by itself.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
