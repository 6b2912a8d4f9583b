import { isLocked } from "./failures.ts";

/** How long statements and transactions wait for another program, such as a backup, to release the database. */
const PATIENCE_MS = 2_000;
const FIRST_WAIT_MS = 1;
/** Also how late, at most, the database is seen to be free again. */
const LONGEST_WAIT_MS = 50;

interface Waiting {
  /** Settles the caller's promise, or rejects because the database is locked. */
  readonly attempt: () => Promise<void>;
  readonly reject: (error: unknown) => void;
  readonly since: number;
}

/**
 * Waits while another program has locked the database, and uses timers for it, so that the rest of this process goes on. SQLite's own wait
 * would halt all of it.
 *
 * Whoever finds the database locked stands in line. The first one tries again in growing intervals, the others follow in the order of
 * their arrival, and each gives up at a time of its own: those who came together do so together.
 */
export class LockWait {
  readonly #line: Waiting[] = [];
  readonly #patienceMs: number;

  /** @param options.patienceMs default: two seconds; 0 gives up at once */
  constructor({ patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {}) {
    this.#patienceMs = patienceMs;
  }

  /**
   * @param attempt what needs the lock; it leaves nothing behind if it finds the database locked
   * @throws what `attempt` throws. If the database stays locked, its StoreUnavailableError when the patience ends
   */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    const since = performance.now();
    if (this.#line.length === 0) {
      try {
        return await attempt();
      } catch (error) {
        if (!isLocked(error)) throw error;
      }
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#line.push({ since, reject, attempt: () => attempt().then(resolve) });
    if (this.#line.length === 1) void this.#serve();
    return promise;
  }

  async #serve(): Promise<void> {
    let waitMs = 0;
    let lockedSince = 0;
    while (this.#line.length > 0) {
      const locked = await this.#serveFirst();
      if (locked === undefined) {
        waitMs = 0;
        continue;
      }
      // Only this counts against anybody's patience: waiting for our own transactions may take longer.
      if (waitMs === 0) lockedSince = performance.now();
      this.#dismiss(locked, lockedSince);
      waitMs = Math.min(Math.max(waitMs * 2, FIRST_WAIT_MS), LONGEST_WAIT_MS);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** @returns the error if the database is still locked */
  async #serveFirst(): Promise<unknown> {
    const [first] = this.#line;
    try {
      await first?.attempt();
    } catch (error) {
      if (isLocked(error)) return error;
      first?.reject(error);
    }
    this.#line.shift();
    return undefined;
  }

  #dismiss(error: unknown, lockedSince: number): void {
    const now = performance.now();
    for (let first = this.#line[0]; first !== undefined; first = this.#line[0]) {
      if (now - Math.max(first.since, lockedSince) < this.#patienceMs) break;
      this.#line.shift();
      first.reject(error);
    }
  }
}
