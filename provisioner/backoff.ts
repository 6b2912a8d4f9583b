/** Waits between tries: doubling, with up to a half taken off at random so that daemons do not try in step. */
export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  readonly #draw: () => number;
  #tries = 0;

  /** @param draw in [0, 1): Math.random() in production */
  constructor(options: BackoffOptions, draw: () => number = Math.random) {
    this.#options = options;
    this.#draw = draw;
  }

  /** How long to wait before the next try, in milliseconds. */
  next(): number {
    const { minMs, maxMs } = this.#options;
    const full = Math.min(maxMs, minMs * 2 ** Math.min(this.#tries++, 30));
    return full * (1 - this.#draw() / 2);
  }

  reset(): void {
    this.#tries = 0;
  }
}

/** Resolves after a time; rejects with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}
