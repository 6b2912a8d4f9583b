import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { signalIfThere } from "./process-table.ts";

const PROVISO = join(import.meta.dirname, "../../bin/proviso");
const READY_WITHIN_MS = 60_000;

export interface ProgramOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Output of every start is appended to it. */
  readonly logFile: string;
  readonly workingDirectory: string;
  /** The start of the line of stdout that says that it can be used. Default: it counts as started at once. */
  readonly readyLine?: string;
}

/** `bin/proviso`, which can be killed and started again under the same settings. */
export class Program {
  readonly name: string;
  readonly logFile: string;
  /** Every process ID that it has had. */
  readonly pids: Set<number> = new Set();
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;

  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws Error if it does not run */
  get pid(): number {
    if (this.#child?.pid === undefined || !this.isRunning) throw new Error(`${this.name} does not run`);
    return this.#child.pid;
  }

  /** Exit code of the last start, or undefined if a signal ended it, or nothing has. */
  get exitCode(): number | undefined {
    return this.#child?.exitCode ?? undefined;
  }

  /**
   * @param env in addition to its own variables
   * @throws Error if it ends before it is ready
   */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.isRunning) return;
    const { args, logFile, workingDirectory, readyLine } = this.#options;
    const log = openSync(logFile, "a");
    // In a session of its own, so that Ctrl-C ends the walk, and the walk ends its programs.
    const child = spawn(PROVISO, args, {
      cwd: workingDirectory,
      env: { ...process.env, ...this.#options.env, ...env },
      stdio: ["ignore", readyLine === undefined ? log : "pipe", log],
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    if (child.pid !== undefined) this.pids.add(child.pid);
    if (readyLine !== undefined) await this.#ready(child, readyLine);
  }

  async #ready(child: ChildProcess, readyLine: string): Promise<void> {
    if (child.stdout === null) throw new Error(`${this.name} has no stdout`);
    const lines = createInterface({ input: child.stdout });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    lines.on("line", (line) => line.startsWith(readyLine) && resolve());
    const onExit = (code: number | null): void =>
      reject(new Error(`${this.name} ended with ${code} before it was ready: see ${this.logFile}`));
    child.once("exit", onExit);
    const timer = setTimeout(() => reject(new Error(`${this.name} was not ready within ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      child.off("exit", onExit);
    }
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) signalIfThere(this.pid, signal);
  }

  async kill(): Promise<void> {
    if (!this.isRunning || this.#child === undefined) return;
    const ended = once(this.#child, "exit");
    this.signal("SIGKILL");
    await ended;
  }

  /** Waits for its end. @returns whether it has ended in time */
  async ends(withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    while (this.isRunning && performance.now() < deadline) await sleep(20);
    return !this.isRunning;
  }
}
