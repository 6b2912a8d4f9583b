import { StatusError, type StatusName } from "#proto/status.ts";

/** Codes with which the server rejects a message for good; every other failure is a problem of the connection. */
const REFUSED: readonly StatusName[] = ["INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED", "OUT_OF_RANGE"];

export function isRefusal(error: unknown): error is StatusError {
  return error instanceof StatusError && REFUSED.includes(error.code);
}

/** Messages to the server, in order, each repeated until delivered. They survive a lost connection; a refused one is skipped. */
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

  /** Sends current and future items until the signal. Rejects if `send` does; the item then waits for the next connection. */
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

  /** Resolves when everything is sent, or at the signal. */
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

/** Waits for a promise or the signal, whichever comes first; never rejects because of the signal. */
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
