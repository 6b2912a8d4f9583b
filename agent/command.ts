import { userInfo } from "node:os";
import { runProcess } from "#transport/run-process.ts";

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
  /** Time for a process to end after it was told to, or for its output to close. Default: 10 s. */
  readonly graceMs?: number;
}

/** `code` is undefined if a signal ended the process. `pipesLeftOpen`: something that it started still holds its output open. */
export type CommandEnd =
  | { readonly kind: "exited"; readonly code: number | undefined; readonly pipesLeftOpen: boolean }
  | { readonly kind: "timed_out" }
  | { readonly kind: "aborted" }
  | { readonly kind: "not_started"; readonly error: Error };

/** Returns the command for a script: the interpreter in its first line, or the user's shell. Either gets the whole text after `-c`. */
export function commandFor(script: string, shell: string): Command {
  const [, line] = /^#!([^\n]*)/.exec(script.trimStart()) ?? [];
  const [file, ...args] = line?.trim().split(/\s+/) ?? [];
  return file === undefined || file === "" ? { file: shell, args: ["-c", script] } : { file, args: [...args, "-c", script] };
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
 * Runs a script's or a metadata item's command to its end. At the time limit, or the signal, its process group gets SIGHUP, as when a
 * terminal closes, and SIGKILL after the grace time. The run is then over, whether or not the system could end the processes.
 */
export async function runShellCommand(command: Command, run: CommandRun, signal: AbortSignal): Promise<CommandEnd> {
  if (signal.aborted) return { kind: "aborted" };
  const { graceMs = 10_000 } = run;
  const limit = run.timeoutMs > 0 ? AbortSignal.timeout(run.timeoutMs) : undefined;
  const interrupt = limit === undefined ? signal : AbortSignal.any([signal, limit]);
  const end = await runProcess({
    program: command.file,
    args: command.args,
    cwd: run.cwd,
    env: run.env,
    stop: { interrupt, graceMs, asksWith: "SIGHUP", asks: "group", afterKill: "leave" },
    onStdout: run.onStdout,
    onStderr: run.onStderr,
    outputGraceMs: graceMs,
  });
  if (end.kind === "not_started" || !interrupt.aborted) return end;
  return { kind: interrupt.reason === signal.reason ? "aborted" : "timed_out" };
}
