import { setTimeout as sleep } from "node:timers/promises";
import { commandFor, runShellCommand } from "./command.ts";
import type { MetadataDescription } from "./manifest.ts";

export interface MetadataResult {
  readonly key: string;
  readonly value: string;
  /** Empty when the command succeeded. */
  readonly error: string;
  readonly collectedAt: Date;
}

export interface MetadataDeps {
  readonly now: () => Date;
  /** The working directory, environment and shell of commands; read again for each run. */
  readonly place: () => { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly shell: string };
  /** How often to check whether a command is due, or a result must be sent. Default: 1 s. */
  readonly tickMs?: number;
}

const OUTPUT_BYTES = 10_240;

/** Runs the commands whose output is shown with the workspace, each at its own interval, and delivers their latest results. */
export class MetadataCollector {
  readonly #deps: MetadataDeps;
  readonly #tickMs: number;
  readonly #last = new Map<string, MetadataResult>();
  readonly #startedAt = new Map<string, number>();
  readonly #running = new Set<string>();
  readonly #unsent = new Set<string>();
  #descriptions: readonly MetadataDescription[] = [];

  constructor(deps: MetadataDeps) {
    this.#deps = deps;
    this.#tickMs = deps.tickMs ?? 1_000;
  }

  /** Sets the commands to run, and forgets the results of those that a newer manifest no longer has. */
  describe(descriptions: readonly MetadataDescription[]): void {
    this.#descriptions = descriptions;
    const keys = new Set(descriptions.map(({ key }) => key));
    for (const key of this.#startedAt.keys()) {
      if (keys.has(key)) continue;
      this.#startedAt.delete(key);
      this.#last.delete(key);
      this.#unsent.delete(key);
    }
  }

  /** Runs commands until the signal, which also ends the running ones. */
  async collect(signal: AbortSignal): Promise<void> {
    const runs = new Set<Promise<void>>();
    while (!signal.aborted) {
      const now = this.#deps.now().getTime();
      for (const description of this.#descriptions.filter((each) => this.#isDue(each, now))) {
        this.#startedAt.set(description.key, now);
        const run = this.#run(description, signal).finally(() => runs.delete(run));
        runs.add(run);
      }
      await sleep(this.#tickMs, undefined, { signal }).catch(() => {});
    }
    await Promise.allSettled(runs);
  }

  /** Sends changed results, all keys in one message. Rejects if `send` does; the unsent results wait for the next call. */
  async deliver(send: (results: readonly MetadataResult[]) => Promise<unknown>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const results = [...this.#unsent].flatMap((key) => this.#last.get(key) ?? []);
      if (results.length > 0) {
        await send(results);
        for (const result of results) if (this.#last.get(result.key) === result) this.#unsent.delete(result.key);
      }
      await sleep(this.#tickMs, undefined, { signal }).catch(() => {});
    }
  }

  #isDue({ key, intervalSeconds }: MetadataDescription, now: number): boolean {
    const startedAt = this.#startedAt.get(key);
    if (this.#running.has(key)) return false;
    return startedAt === undefined || (intervalSeconds > 0 && now - startedAt >= intervalSeconds * 1_000);
  }

  async #run(description: MetadataDescription, signal: AbortSignal): Promise<void> {
    const { key, script, intervalSeconds, timeoutSeconds } = description;
    const { cwd, env, shell } = this.#deps.place();
    const output: Buffer[] = [];
    let bytes = 0;
    const take = (piece: Buffer): void => {
      if (bytes < OUTPUT_BYTES) output.push(piece.subarray(0, OUTPUT_BYTES - bytes));
      bytes += piece.length;
    };
    const timeoutMs = (timeoutSeconds || intervalSeconds || 3) * 1_000;
    this.#running.add(key);
    const end = await runShellCommand(
      commandFor(script, shell),
      { cwd, env, timeoutMs, onStdout: take, onStderr: take, graceMs: 2_000 },
      signal,
    );
    this.#running.delete(key);
    // The command was removed in the meantime, or our own shutdown interrupted it: nobody should see the result.
    if (!this.#startedAt.has(key) || end.kind === "aborted") return;
    const problems: string[] = [];
    if (end.kind === "exited" && end.code !== 0) problems.push(`exit status ${end.code ?? "unknown"}`);
    if (bytes > OUTPUT_BYTES) problems.push(`output truncated from ${bytes} to ${OUTPUT_BYTES} bytes`);
    if (end.kind === "timed_out") problems.push("context deadline exceeded");
    const error =
      end.kind === "not_started" ? `start cmd: ${end.error.message}` : problems.length === 0 ? "" : `run cmd: ${problems.join("\n")}`;
    this.#last.set(key, { key, value: Buffer.concat(output).toString(), error, collectedAt: this.#deps.now() });
    this.#unsent.add(key);
  }
}
