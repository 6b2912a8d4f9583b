import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { redactSecrets } from "#credentials/secret.ts";
import { orAborted } from "./outbox.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface ScriptLogLine {
  readonly createdAt: Date;
  readonly level: LogLevel;
  readonly output: string;
}

/** Lines of one source. After a lost answer they are sent again under the same numbers, so that the server does not store them twice. */
export interface LogBatch {
  readonly sourceId: string;
  /** A UUID of this queue. */
  readonly runId: string;
  /** The number of the first line among all lines of this queue and source. Starts at 1. */
  readonly first: number;
  readonly lines: readonly ScriptLogLine[];
}

/** `limitExceeded`: the server accepts no more logs of this agent, ever. */
export type SendLogs = (batch: LogBatch) => Promise<{ readonly limitExceeded: boolean }>;

interface Source {
  lines: ScriptLogLine[];
  oldestAt: number;
  isUrgent: boolean;
}

/** The server keeps 1 MiB per agent. The queue holds a little more, so that the server notices that something is missing. */
const QUEUE_BYTES = 1_100_000;
const BATCH_BYTES = 1_048_576;
/** The size of a line besides its text, in messages to the server. */
const LINE_OVERHEAD_BYTES = 21;
const MAX_AGE_MS = 1_000;

/**
 * Queues lines of scripts for the server. The lines of each source stay in order. They are sent in batches, a second after the oldest was
 * written or when a flush is requested, and dropped if there are more than the server would keep. The queue survives lost connections.
 */
export class LogQueue {
  readonly #runId = randomUUID();
  /** Sources with lines that wait. */
  readonly #sources = new Map<string, Source>();
  /** Number of lines that were sent, by source. */
  readonly #sent = new Map<string, number>();
  readonly #now: () => number;
  #bytes = 0;
  #isClosed = false;
  #changed = Promise.withResolvers<void>();

  /** @param now milliseconds, from any origin */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Redacts our secrets in a script's output, because more people may read the log than may know the secret. */
  add(sourceId: string, line: ScriptLogLine): void {
    const output = redactSecrets(line.output);
    const size = sizeOf(output);
    if (this.#isClosed || this.#bytes + size > QUEUE_BYTES) return;
    const source = this.#sources.get(sourceId) ?? { lines: [], oldestAt: this.#now(), isUrgent: false };
    source.lines.push({ ...line, output });
    this.#bytes += size;
    this.#sources.set(sourceId, source);
    this.#notify();
  }

  /** Requests that the lines of a source, or of all sources, are sent without waiting for more. */
  flush(sourceId?: string): void {
    for (const [id, source] of this.#sources) if (sourceId === undefined || id === sourceId) source.isUrgent = true;
    this.#notify();
  }

  /** Sends until the signal. Rejects if `send` does; the lines then wait for the next connection. */
  async deliver(send: SendLogs, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { sourceId, waitMs } = this.#next();
      if (sourceId === undefined) await this.#changeWithin(waitMs, signal);
      else await this.#sendBatch(sourceId, send);
    }
  }

  /** Resolves when the queue is empty, or at the signal. */
  async whenEmpty(signal: AbortSignal): Promise<void> {
    while (this.#sources.size > 0 && !signal.aborted) await orAborted(this.#changed.promise, signal);
  }

  async #sendBatch(sourceId: string, send: SendLogs): Promise<void> {
    const source = this.#sources.get(sourceId);
    if (source === undefined) return;
    const batch: ScriptLogLine[] = [];
    let bytes = 0;
    for (const line of source.lines) {
      if (bytes + sizeOf(line.output) > BATCH_BYTES) break;
      bytes += sizeOf(line.output);
      batch.push(line);
    }
    const sent = this.#sent.get(sourceId) ?? 0;
    const { limitExceeded } = await send({ sourceId, runId: this.#runId, first: sent + 1, lines: batch });
    if (limitExceeded) this.#close();
    else {
      this.#sent.set(sourceId, sent + batch.length);
      source.lines.splice(0, batch.length);
      this.#bytes -= bytes;
      if (source.lines.length === 0) this.#sources.delete(sourceId);
    }
    this.#notify();
  }

  /** Returns the source that has waited longest, if any is due; otherwise how long until one is. */
  #next(): { sourceId: string | undefined; waitMs: number } {
    const now = this.#now();
    const due = (source: Source): number => (source.isUrgent ? 0 : source.oldestAt + MAX_AGE_MS - now);
    const [first] = [...this.#sources]
      .sort(([, left], [, right]) => left.oldestAt - right.oldestAt)
      .filter(([, source]) => due(source) <= 0);
    if (first !== undefined) return { sourceId: first[0], waitMs: 0 };
    return { sourceId: undefined, waitMs: Math.min(MAX_AGE_MS, ...[...this.#sources.values()].map(due)) };
  }

  async #changeWithin(waitMs: number, signal: AbortSignal): Promise<void> {
    const news = [this.#changed.promise];
    const over = new AbortController();
    // In an empty queue, nothing can become due.
    if (this.#sources.size > 0) news.push(sleep(waitMs, undefined, { signal: over.signal }).catch(() => {}));
    try {
      await orAborted(Promise.race(news), signal);
    } finally {
      over.abort();
    }
  }

  #close(): void {
    this.#isClosed = true;
    this.#sources.clear();
    this.#bytes = 0;
  }

  #notify(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}

function sizeOf(output: string): number {
  return Buffer.byteLength(output) + LINE_OVERHEAD_BYTES;
}
