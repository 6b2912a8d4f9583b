import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type NamedPipes, type OpenPipe, openNamedPipe } from "./named-pipes.ts";
import { HAS_PROCESS_GROUPS, type Kill, signalGroup, signalProcess } from "./process-group.ts";

/** How to end a running program. Both signals are final: if one is aborted, the program does not start at all. */
export interface Stop {
  /** Asks the program to end: it gets {@link asksWith}, and after {@link graceMs} the whole group is killed. */
  readonly interrupt: AbortSignal;
  /** Kills the whole group at once. Default: never. */
  readonly kill?: AbortSignal;
  /** Time to end after being asked, in milliseconds: seconds for a script, minutes for a program that must finish its work. */
  readonly graceMs: number;
  /** Default: SIGINT, as Ctrl-C sends it. */
  readonly asksWith?: "SIGINT" | "SIGTERM" | "SIGHUP";
  /**
   * Who is asked. `program` (default): only the program, which ends its own children in order; what it leaves behind is killed as soon as
   * it has ended. `group`: all processes at once, and each has until the end of the grace time.
   */
  readonly asks?: "program" | "group";
  /**
   * Whether the run continues after a kill. `wait` (default): until the program has ended, so that nobody believes it gone while it works.
   * `leave`: not at all, so that a program that cannot be killed does not block the caller.
   */
  readonly afterKill?: "wait" | "leave";
}

export interface ProcessOptions {
  /** A path, or a name to look up in the PATH of `env`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment: nothing of ours is added. */
  readonly env: Readonly<Record<string, string>>;
  /** At least as strict as that of this process, which is the default. */
  readonly umask?: number;
  readonly stop: Stop;
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
  /** How long a process that the program left behind may hold its output open after the program has ended. Default: 2000. */
  readonly outputGraceMs?: number;
  /** Called when the program has started, with its process ID, which is also the group's. Disposed of at the end. */
  readonly watch?: (pid: number) => ProcessWatch;
  /** Carry the output, so that it does not break if this process dies. Default: pipes of this process alone. */
  readonly pipes?: NamedPipes | undefined;
  /**
   * Whether something that the program started still does its work although the program itself has ended. Asked every 100 ms; the run goes
   * on as long as it does, and a stop reaches the whole group. Default: never.
   */
  readonly isStillWorking?: (pid: number) => Promise<boolean>;
  /** What becomes of its children if somebody else kills the program. `leave` (default): they go on. `kill`: they end as well. */
  readonly afterSignal?: "leave" | "kill";
  /** Default: `process.kill`. */
  readonly kill?: Kill;
}

/** Someone who watches over a program as well. */
export interface ProcessWatch extends Disposable {
  /** Called before the program is asked to end. @returns false if somebody else has asked it: once is enough, twice may do harm */
  beforeAsk?(): boolean;
}

/** `code` is undefined if a signal ended the program. `pipesLeftOpen`: something that it started still held its output open. */
export type ProcessEnd =
  | { readonly kind: "exited"; readonly code: number | undefined; readonly pipesLeftOpen: boolean }
  | { readonly kind: "not_started"; readonly error: Error };

const OUTPUT_GRACE_MS = 2_000;
const STILL_WORKING_MS = 100;
/** For the news that a killed program has ended. */
const LEAVE_MS = 500;

/**
 * Runs a program in its own process group, so that a Ctrl-C in our terminal reaches only us, and so that the program can be ended together
 * with everything that it started. Its input is empty. Processes that it leaves running when it ends by itself are not ended.
 *
 * @throws the reason of the stop if it came before the start
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const { stop, outputGraceMs = OUTPUT_GRACE_MS, kill } = options;
  stop.kill?.throwIfAborted();
  stop.interrupt.throwIfAborted();
  const started = start(options);
  if (started instanceof Error) return { kind: "not_started", error: started };
  const { child, stdout, stderr } = started;
  using watch = child.pid === undefined ? undefined : options.watch?.(child.pid);
  // An output that cannot be read any more is closed, which is all that anybody needs to know.
  for (const output of [stdout, stderr]) output.on("error", () => {});
  stdout.on("data", options.onStdout);
  stderr.on("data", options.onStderr);

  const { promise: ended, resolve } = Promise.withResolvers<ProcessEnd>();
  let graceTimer: NodeJS.Timeout | undefined;
  let outputTimer: NodeJS.Timeout | undefined;
  let leaveTimer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child, "SIGKILL", kill);
    if (stop.afterKill === "leave")
      leaveTimer = setTimeout(() => resolve({ kind: "exited", code: undefined, pipesLeftOpen: true }), LEAVE_MS);
  };
  const askToEnd = (): void => {
    const hasLeft = child.exitCode !== null || child.signalCode !== null;
    const ask = stop.asks === "group" || hasLeft ? signalGroup : signalProcess;
    if (watch?.beforeAsk?.() !== false) ask(child, stop.asksWith ?? "SIGINT", kill);
    graceTimer = setTimeout(end, stop.graceMs);
  };
  child.on("error", (error) => {
    if (child.pid === undefined) resolve({ kind: "not_started", error });
  });
  child.once("exit", (exitCode, signal) => {
    void (async () => {
      const code = exitCode ?? undefined;
      if (signal !== null && options.afterSignal === "kill") signalGroup(child, "SIGKILL", kill);
      while (child.pid !== undefined && (await options.isStillWorking?.(child.pid))) await sleep(STILL_WORKING_MS);
      const isStopped = stop.interrupt.aborted || stop.kill?.aborted === true;
      if (isStopped && stop.asks !== "group") signalGroup(child, "SIGKILL", kill);
      outputTimer = setTimeout(() => resolve({ kind: "exited", code, pipesLeftOpen: true }), outputGraceMs);
      await Promise.all([closed(stdout), closed(stderr)]);
      resolve({ kind: "exited", code, pipesLeftOpen: false });
    })();
  });
  stop.interrupt.addEventListener("abort", askToEnd, { once: true });
  stop.kill?.addEventListener("abort", end, { once: true });
  try {
    return await ended;
  } finally {
    clearTimeout(graceTimer);
    clearTimeout(outputTimer);
    clearTimeout(leaveTimer);
    stop.interrupt.removeEventListener("abort", askToEnd);
    stop.kill?.removeEventListener("abort", end);
    stdout.destroy();
    stderr.destroy();
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** Starts the program. Invalid arguments make the call throw; a problem with the program is reported by a later event. */
function start({ program, args, cwd, env, umask, pipes }: ProcessOptions): Started | Error {
  const opened: OpenPipe[] = [];
  const common = { cwd, env, detached: HAS_PROCESS_GROUPS, windowsHide: true };
  try {
    if (pipes === undefined) {
      const child = withUmask(umask, () => spawn(program, args, { ...common, stdio: ["ignore", "pipe", "pipe"] }));
      // Without a file descriptor left, there are no streams, and the error is reported by an event.
      if (child.stdout === undefined || child.stderr === undefined) return lateError(child);
      return { child, stdout: child.stdout, stderr: child.stderr };
    }
    const [out, err] = [openNamedPipe(pipes.stdout), openNamedPipe(pipes.stderr)];
    opened.push(out, err);
    const child = withUmask(umask, () => spawn(program, args, { ...common, stdio: ["ignore", out.writeEnd, err.writeEnd] }));
    return { child, stdout: out.readEnd, stderr: err.readEnd };
  } catch (error) {
    for (const { readEnd } of opened) readEnd.destroy();
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    for (const { writeEnd } of opened) closeSync(writeEnd);
  }
}

/**
 * Node has no option for a child's umask, but the child inherits that of this process, which therefore has it until the child is there. What the
 * thread pool creates in that moment gets it, too, and is at most closed to more users than it had to be.
 */
function withUmask<Child>(umask: number | undefined, start: () => Child): Child {
  if (umask === undefined) return start();
  const own = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(own);
  }
}

function lateError(child: ChildProcess): Error {
  child.on("error", () => {});
  return Object.assign(new Error("the program could not be started: too many open files"), { code: "EMFILE" });
}

/** Resolves when the stream has given everything and has closed. */
function closed(stream: Readable): Promise<void> {
  return stream.closed ? Promise.resolve() : new Promise((resolve) => void stream.once("close", resolve));
}
