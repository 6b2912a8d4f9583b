import { monotonicMs } from "#transport/monotonic.ts";

/** When a run must be interrupted, and when nothing of it may be left, in milliseconds of the machine's monotonic clock. */
export interface Deadlines {
  readonly interruptAt: number;
  readonly killAt: number;
}

/** The job is no longer ours, or will not be in a moment: another daemon may get its workspace. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

/** Terraform's time between the interrupt and the end of the lease. */
const GRACE_MS = 15_000;
/** A kill needs a moment to take effect, and the server's lease ends this much later than ours at the earliest. */
const MARGIN_MS = 1_000;
/** Time for Terraform to end when the server has taken the job away, which it does only after the lease, by its own count. */
const TAKEN_AWAY_GRACE_MS = 5_000;

/**
 * The time for which a job is this daemon's. The server gives the workspace to nobody else before the lease has ended by its count, which
 * begins later than ours, so the whole run must be over before ours ends: without a renewal, Terraform is interrupted when a third of the
 * lease (at most 15 s) is left, and killed just before the end. Measured with the monotonic clock, so that setting the time changes nothing.
 */
export class Lease implements Disposable {
  readonly #now: () => number;
  readonly #ending = new AbortController();
  readonly #ended = new AbortController();
  readonly #listeners = new Set<(deadlines: Deadlines) => void>();
  #interruptAt = Number.POSITIVE_INFINITY;
  #killAt = Number.POSITIVE_INFINITY;
  #leaseMs = 0;
  #isLost = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param leaseMs 0 if the server has no leases: the run then ends only with `lose`
   * @param from start of the lease, in the time of `now`
   * @param now milliseconds of the machine's monotonic clock
   */
  constructor(leaseMs: number, from: number, now: () => number = monotonicMs) {
    this.#now = now;
    this.renew(from, leaseMs);
  }

  /** The current length, in milliseconds; 0 if there is no lease. */
  get leaseMs(): number {
    return this.#leaseMs;
  }

  /** Aborted with a {@link LeaseLostError} when the run must be interrupted. A later renewal gives it more time to end, but not to go on. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Aborted when nothing of the run may be left: it is killed. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Undefined without a lease. */
  deadlines(): Deadlines | undefined {
    if (this.#killAt === Number.POSITIVE_INFINITY) return undefined;
    return { interruptAt: this.#interruptAt, killAt: this.#killAt };
  }

  /** @param from when the renewing call was sent: the server counts from when it received it */
  renew(from: number, leaseMs: number): void {
    // What is already over stays over, also if this process was stopped and sees it only now.
    this.check();
    if (leaseMs === 0 || this.#isLost || this.#ended.signal.aborted) return;
    this.#leaseMs = leaseMs;
    this.#killAt = from + leaseMs - Math.min(MARGIN_MS, leaseMs / 10);
    this.#interruptAt = from + leaseMs - Math.min(GRACE_MS, leaseMs / 3);
    this.#tell();
  }

  /** Ends the run because the server has taken the job away. */
  lose(reason: LeaseLostError): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#interruptAt = this.#now();
    this.#killAt = Math.min(this.#killAt, this.#interruptAt + TAKEN_AWAY_GRACE_MS);
    this.#ending.abort(reason);
    this.#tell();
  }

  /** Calls the listener now and at each change. Disposing ends that. */
  onChange(listener: (deadlines: Deadlines) => void): Disposable {
    this.#listeners.add(listener);
    const deadlines = this.deadlines();
    if (deadlines !== undefined) listener(deadlines);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Compares with the clock. A process that was stopped may run anything before its late timers. */
  check(): void {
    const deadlines = this.deadlines();
    if (deadlines === undefined) return;
    const now = this.#now();
    if (deadlines.interruptAt <= now) this.#ending.abort(this.#silent());
    if (deadlines.killAt <= now) this.#ended.abort(this.#ending.signal.reason);
    this.#schedule();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#killAt = Number.POSITIVE_INFINITY;
    this.#listeners.clear();
  }

  #tell(): void {
    const deadlines = this.deadlines();
    if (deadlines !== undefined) for (const listener of this.#listeners) listener(deadlines);
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const deadlines = this.deadlines();
    if (deadlines === undefined || this.#ended.signal.aborted) return;
    const next = this.#ending.signal.aborted ? deadlines.killAt : deadlines.interruptAt;
    this.#timer = setTimeout(() => this.check(), Math.max(0, Math.ceil(next - this.#now())));
  }

  #silent(): LeaseLostError {
    const seconds = this.#leaseMs / 1_000;
    return new LeaseLostError(
      `the server did not answer for most of the job's lease of ${seconds} s, so the run was ended before somebody else could get the job`,
    );
  }
}
