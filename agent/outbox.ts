import { StatusError, type StatusName } from "#proto/status.ts";

/** What the server says of a message that it will not take at any time; every other failure is the connection's. */
const REFUSED: readonly StatusName[] = ["INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED", "OUT_OF_RANGE"];

export function isRefusal(error: unknown): error is StatusError {
  return error instanceof StatusError && REFUSED.includes(error.code);
}

/** Things to tell the server, in order, each until it is told. They outlive a lost connection, and one that is refused stops nothing. */
export class Outbox<T> {
  readonly #items: T[] = [];
  readonly #onRefused: (item: T, error: StatusError) => void;
  #changed = Promise.withResolvers<void>();

  constructor(onRefused: (item: T, error: StatusError) => void) {
    this.#onRefused = onRefused;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#notify();
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Tells what is there and what comes, until the signal. Rejects when `send` does; the item then waits for the next connection. */
  async deliver(send: (item: T) => Promise<unknown>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const item = this.#items[0];
      if (item === undefined) {
        await this.#nextChange(signal);
        continue;
      }
      try {
        await send(item);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.#onRefused(item, error);
      }
      this.#items.shift();
      this.#notify();
    }
  }

  /** Resolves when all is told, or at the signal. */
  async whenEmpty(signal: AbortSignal): Promise<void> {
    while (!this.isEmpty && !signal.aborted) await this.#nextChange(signal);
  }

  async #nextChange(signal: AbortSignal): Promise<void> {
    await orAborted(this.#changed.promise, signal);
  }

  #notify(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}

/** Waits for a promise or for the signal, whichever is first; never rejects because of the signal. */
export async function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const abort = (): void => aborted.resolve();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
