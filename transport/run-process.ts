import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { HAS_PROCESS_GROUPS, type Kill, signalGroup, signalProcess } from "./process-group.ts";

/** How a running program is told to end. Both signals are for good: a program that is started later does not start. */
export interface Stop {
  /** Asks: the program gets {@link asksWith}, and after {@link graceMs} the whole group is killed. */
  readonly interrupt: AbortSignal;
  /** Tells: the whole group is killed at once. Default: never. */
  readonly kill?: AbortSignal;
  /** In milliseconds: seconds for a script, minutes for a program that has to bring its work to rest. */
  readonly graceMs: number;
  /** Default: SIGINT, as Ctrl-C sends it. */
  readonly asksWith?: "SIGINT" | "SIGTERM" | "SIGHUP";
  /**
   * Who is asked. `program` (default): it alone, for one that ends its own children in order; what it leaves behind is killed as soon as
   * it has ended. `group`: all at once, and each has until the end of the grace time.
   */
  readonly asks?: "program" | "group";
  /**
   * Whether the run goes on after a kill. `wait` (default): until the program has ended, so that nobody takes it for gone while it works.
   * `leave`: not at all, so that a program that cannot be killed holds nobody up.
   */
  readonly afterKill?: "wait" | "leave";
}

export interface ProcessOptions {
  /** A path, or a name that is looked up on PATH of `env`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it: nothing of our own environment is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: Stop;
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
  /** After the program has ended, how long its output may stay open in the hands of a process that it left behind. Default: 2000. */
  readonly outputGraceMs?: number;
  /** Called with the program's id, which is also its group's, while it runs. */
  readonly watch?: (pid: number) => Disposable;
  /** Default: `process.kill`. */
  readonly kill?: Kill;
}

/** `code` is undefined when a signal ended the program. `pipesLeftOpen`: something that it started still held its output. */
export type ProcessEnd =
  | { readonly kind: "exited"; readonly code: number | undefined; readonly pipesLeftOpen: boolean }
  | { readonly kind: "not_started"; readonly error: Error };

const OUTPUT_GRACE_MS = 2_000;

/**
 * Runs a program in a process group of its own, so that a Ctrl-C in our terminal reaches only us, and so that the program can be ended with
 * all that it started. Its input is empty. What it leaves running when it ends by itself lives on.
 *
 * @throws the stop's reason when that came before the start
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const { stop, outputGraceMs = OUTPUT_GRACE_MS, kill } = options;
  stop.kill?.throwIfAborted();
  stop.interrupt.throwIfAborted();
  const child = start(options);
  if (child instanceof Error) return { kind: "not_started", error: child };
  using _watch = child.pid === undefined ? undefined : options.watch?.(child.pid);
  child.stdout.on("data", options.onStdout);
  child.stderr.on("data", options.onStderr);

  const { promise: ended, resolve } = Promise.withResolvers<ProcessEnd>();
  let graceTimer: NodeJS.Timeout | undefined;
  let outputTimer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child, "SIGKILL", kill);
    if (stop.afterKill === "leave") resolve({ kind: "exited", code: undefined, pipesLeftOpen: true });
  };
  const ask = (): void => {
    (stop.asks === "group" ? signalGroup : signalProcess)(child, stop.asksWith ?? "SIGINT", kill);
    graceTimer = setTimeout(end, stop.graceMs);
  };
  child.on("error", (error) => {
    if (child.pid === undefined) resolve({ kind: "not_started", error });
  });
  child.once("exit", (code) => {
    const isStopped = stop.interrupt.aborted || stop.kill?.aborted === true;
    if (isStopped && stop.asks !== "group") signalGroup(child, "SIGKILL", kill);
    outputTimer = setTimeout(() => resolve({ kind: "exited", code: code ?? undefined, pipesLeftOpen: true }), outputGraceMs);
  });
  child.once("close", (code) => resolve({ kind: "exited", code: code ?? undefined, pipesLeftOpen: false }));
  stop.interrupt.addEventListener("abort", ask, { once: true });
  stop.kill?.addEventListener("abort", end, { once: true });
  try {
    return await ended;
  } finally {
    clearTimeout(graceTimer);
    clearTimeout(outputTimer);
    stop.interrupt.removeEventListener("abort", ask);
    stop.kill?.removeEventListener("abort", end);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** What is wrong with the arguments is thrown by the system's call; what is wrong with the program is told by an event later. */
function start({ program, args, cwd, env }: ProcessOptions): (ChildProcess & { stdout: Readable; stderr: Readable }) | Error {
  try {
    return spawn(program, args, { cwd, env, detached: HAS_PROCESS_GROUPS, windowsHide: true, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
