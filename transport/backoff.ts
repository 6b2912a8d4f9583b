import { setTimeout as sleep } from "node:timers/promises";

/** Waits, and rejects at the signal. It has the signature of `setTimeout` in `node:timers/promises`. */
export type Sleep = (ms: number, value: undefined, options: { readonly signal: AbortSignal }) => Promise<unknown>;

export interface BackoffOptions {
  /** The wait after the first failure; each further failure doubles it. In milliseconds, above 0. */
  readonly baseMs: number;
  /** The longest wait, in milliseconds. For a server that restarts, a few seconds are sensible. */
  readonly capMs: number;
  /** The share of a wait that may be taken off at random, from 0 to 1, so that clients do not return all at once. Default: 0.5. */
  readonly jitter?: number;
  /** Returns how much of that share is taken off, in [0, 1). Default: Math.random. */
  readonly draw?: () => number;
  /** Default: the real clock. */
  readonly sleep?: Sleep;
}

/** 2^40 times any base exceeds every cap, and the product stays finite. */
const MAX_DOUBLINGS = 40;

/** Determines the wait between attempts: it doubles from a base to a cap, less some jitter, until a success resets it. */
export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = { jitter: 0.5, draw: Math.random, sleep, ...options };
  }

  /**
   * Counts one more failure.
   *
   * @param capMs replaces the options' cap for this wait only
   * @returns how long to wait before the next attempt, in milliseconds
   */
  next(capMs = this.#options.capMs): number {
    const { baseMs, jitter, draw } = this.#options;
    const full = Math.min(capMs, baseMs * 2 ** Math.min(this.#failures++, MAX_DOUBLINGS));
    return full * (1 - jitter * draw());
  }

  /** Waits as long as {@link next} says. @throws the signal's reason as soon as it is aborted */
  async wait(signal: AbortSignal, capMs?: number): Promise<void> {
    try {
      await this.#options.sleep(this.next(capMs), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Resets the wait to the base; call it after a success. */
  reset(): void {
    this.#failures = 0;
  }
}
