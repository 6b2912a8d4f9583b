import { userInfo } from "node:os";
import { type ProcessEnd, runProcess } from "#transport/run-process.ts";
import { describeTooLong } from "./environment-size.ts";
import { writeScript } from "./script-in-file.ts";

export interface Command {
  /** The interpreter, and its arguments before the script. */
  readonly file: string;
  readonly args: readonly string[];
  readonly script: string;
}

export interface CommandRun {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
  /** Time for a process to end after it was told to, or for its output to close. Default: 10 s. */
  readonly graceMs?: number;
}

/**
 * `code` is undefined if a signal ended the process. `pipesLeftOpen`, `isLeftRunning`: something that it started still holds its output
 * open; after a time limit that is what we may not end, because it has become another user's.
 */
export type CommandEnd =
  | { readonly kind: "exited"; readonly code: number | undefined; readonly pipesLeftOpen: boolean }
  | { readonly kind: "timed_out"; readonly isLeftRunning: boolean }
  | { readonly kind: "aborted" }
  | { readonly kind: "not_started"; readonly error: Error };

/** Returns the command for a script: the interpreter in its first line, or the user's shell. */
export function commandFor(script: string, shell: string): Command {
  const [, line] = /^#!([^\n]*)/.exec(script.trimStart()) ?? [];
  const [file, ...args] = line?.trim().split(/\s+/) ?? [];
  return file === undefined || file === "" ? { file: shell, args: [], script } : { file, args, script };
}

/** Finds the user's shell: from the password database, otherwise from the environment, otherwise `/bin/sh`, which always exists. */
export function loginShell(env: Readonly<Record<string, string | undefined>>): string {
  try {
    const { shell } = userInfo();
    if (shell) return shell;
  } catch {
    // In containers, a user ID without an entry is normal.
  }
  return env.SHELL || "/bin/sh";
}

/**
 * Runs a script or a metadata item's command to its end. The interpreter gets the text after `-c`, or from a file if it is too long for the
 * system. At the time limit, or the signal, its process group gets SIGHUP, as when a terminal closes, and SIGKILL after the grace time. The
 * run is then over, whether or not the system could end the processes.
 */
export async function runShellCommand(command: Command, run: CommandRun, signal: AbortSignal): Promise<CommandEnd> {
  if (signal.aborted) return { kind: "aborted" };
  const limit = run.timeoutMs > 0 ? AbortSignal.timeout(run.timeoutMs) : undefined;
  const interrupt = limit === undefined ? signal : AbortSignal.any([signal, limit]);
  const end = await runInterpreter(command, run, interrupt);
  if (end.kind === "not_started" || !interrupt.aborted) return end;
  return interrupt.reason === signal.reason ? { kind: "aborted" } : { kind: "timed_out", isLeftRunning: end.pipesLeftOpen };
}

async function runInterpreter({ file, args, script }: Command, run: CommandRun, interrupt: AbortSignal): Promise<ProcessEnd> {
  const { graceMs = 10_000 } = run;
  const start = (...more: readonly string[]): Promise<ProcessEnd> =>
    runProcess({
      program: file,
      args: [...args, ...more],
      cwd: run.cwd,
      env: run.env,
      stop: { interrupt, graceMs, asksWith: "SIGHUP", asks: "group", afterKill: "leave" },
      onStdout: run.onStdout,
      onStderr: run.onStderr,
      outputGraceMs: graceMs,
    });
  const end = await start("-c", script);
  if (!isTooLong(end)) return end;
  try {
    using written = writeScript(script);
    const again = await start(written.path);
    return isTooLong(again) ? { kind: "not_started", error: new Error(describeTooLong(run.env), { cause: again.error }) } : again;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "not_started", error: new Error(`it is too long for a command line, and no file for it can be written: ${reason}`) };
  }
}

function isTooLong(end: ProcessEnd): end is ProcessEnd & { readonly kind: "not_started" } {
  return end.kind === "not_started" && "code" in end.error && end.error.code === "E2BIG";
}
