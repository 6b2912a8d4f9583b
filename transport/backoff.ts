import { setTimeout as sleep } from "node:timers/promises";

/** Waits, and rejects at the signal: the form that `setTimeout` of `node:timers/promises` has. */
export type Sleep = (ms: number, value: undefined, options: { readonly signal: AbortSignal }) => Promise<unknown>;

export interface BackoffOptions {
  /** The wait after the first failure; each further one doubles it. In milliseconds, above 0. */
  readonly baseMs: number;
  /** No wait is longer. In milliseconds; for a server that restarts, a few seconds are sensible. */
  readonly capMs: number;
  /** The share of a wait that chance may take off, from 0 to 1, so that clients that lost one server do not come back in step. Default: 0.5. */
  readonly jitter?: number;
  /** In [0, 1): how much of that share is taken off. Default: Math.random. */
  readonly draw?: () => number;
  /** Default: the real clock. */
  readonly sleep?: Sleep;
}

/** 2^40 times any base is past every cap, and keeps the product finite. */
const MAX_DOUBLINGS = 40;

/** How long to wait between tries of one thing that fails: doubling from a base to a cap, less some jitter, until a success resets it. */
export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = { jitter: 0.5, draw: Math.random, sleep, ...options };
  }

  /**
   * Counts one more failure.
   *
   * @param capMs for this wait alone, instead of the options' cap
   * @returns how long to wait before the next try, in milliseconds
   */
  next(capMs = this.#options.capMs): number {
    const { baseMs, jitter, draw } = this.#options;
    const full = Math.min(capMs, baseMs * 2 ** Math.min(this.#failures++, MAX_DOUBLINGS));
    return full * (1 - jitter * draw());
  }

  /** Waits as long as {@link next} says. @throws the signal's reason, as soon as it is aborted */
  async wait(signal: AbortSignal, capMs?: number): Promise<void> {
    try {
      await this.#options.sleep(this.next(capMs), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  /** To be called after a success: the next failure waits for the base again. */
  reset(): void {
    this.#failures = 0;
  }
}
