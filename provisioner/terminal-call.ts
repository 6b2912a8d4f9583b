import { StatusError, type StatusName } from "#proto/status.ts";
import { Backoff } from "#transport/backoff.ts";
import { isFinal } from "./connection.ts";

/** Codes that may stand for an outage as well as for a fault that will not go away. */
const DOUBTFUL: ReadonlySet<StatusName> = new Set(["INTERNAL", "UNKNOWN", "DATA_LOSS", "RESOURCE_EXHAUSTED"]);
const DOUBTFUL_TRIES = 3;

/**
 * Makes a call that must get through, again and again: through a restart of the server, until it answers or refuses, or time is up.
 *
 * @param call one attempt, with its own deadline
 * @throws StatusError of the last attempt; the signal's reason
 */
export async function callUntilAnswered<T>(
  call: (signal: AbortSignal) => Promise<T>,
  options: { readonly limitMs: number; readonly signal: AbortSignal; readonly backoff?: Backoff; readonly now?: () => number },
): Promise<T> {
  const { limitMs, signal, backoff = new Backoff({ baseMs: 25, capMs: 5_000 }), now = Date.now } = options;
  const endsAt = now() + limitMs;
  for (let doubtful = 0; ; ) {
    signal.throwIfAborted();
    try {
      return await call(signal);
    } catch (error) {
      signal.throwIfAborted();
      const reason = StatusError.from(error);
      if (isFinal(reason.code) || now() >= endsAt) throw reason;
      if (DOUBTFUL.has(reason.code) && ++doubtful >= DOUBTFUL_TRIES) throw reason;
    }
    await backoff.wait(signal);
  }
}
