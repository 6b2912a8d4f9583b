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
 * Runs a script's or a metadata item's command to its end. At the time limit, or the signal, its process group gets SIGHUP, as when a
 * terminal closes, and SIGKILL after the grace time; the run is over then, whether or not the system could end it.
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
