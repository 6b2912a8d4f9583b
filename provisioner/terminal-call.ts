import { StatusError, type StatusName } from "#proto/status.ts";
import { Backoff } from "#transport/backoff.ts";
import { monotonicMs } from "#transport/monotonic.ts";
import { isFinal } from "./connection.ts";

/** Codes that may mean an outage or a permanent fault. */
const DOUBTFUL: ReadonlySet<StatusName> = new Set(["INTERNAL", "UNKNOWN", "DATA_LOSS", "RESOURCE_EXHAUSTED"]);
/** How long they are taken for an outage, and how many of them there are at least. */
const DOUBTFUL_MS = 60_000;
const DOUBTFUL_TRIES = 3;

export interface TerminalCallOptions {
  /** Default: no limit. */
  readonly limitMs?: number;
  readonly signal: AbortSignal;
  /** Awaited after the first attempt without an answer. */
  readonly onUnanswered?: () => Promise<void>;
  readonly backoff?: Backoff;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/**
 * Makes a call that must get through. It is retried, even across a restart of the server, until an answer, a refusal or the time limit.
 *
 * @param call one attempt, with its own deadline
 * @throws StatusError of the last attempt; the signal's reason
 */
export async function callUntilAnswered<T>(call: (signal: AbortSignal) => Promise<T>, options: TerminalCallOptions): Promise<T> {
  const { limitMs = Number.POSITIVE_INFINITY, signal, backoff = new Backoff({ baseMs: 25, capMs: 5_000 }) } = options;
  const now = options.now ?? monotonicMs;
  const endsAt = now() + limitMs;
  let isAnswered = true;
  let doubtfulSince = Number.POSITIVE_INFINITY;
  for (let doubtful = 0; ; ) {
    signal.throwIfAborted();
    try {
      return await call(signal);
    } catch (error) {
      signal.throwIfAborted();
      const reason = StatusError.from(error);
      if (isFinal(reason.code) || now() >= endsAt) throw reason;
      if (DOUBTFUL.has(reason.code)) {
        doubtfulSince = Math.min(doubtfulSince, now());
        if (++doubtful >= DOUBTFUL_TRIES && now() - doubtfulSince >= DOUBTFUL_MS) throw reason;
      }
    }
    if (isAnswered) await options.onUnanswered?.();
    isAnswered = false;
    await backoff.wait(signal);
  }
}
