import type { Logger } from "pino";
import { StatusError } from "#proto/status.ts";
import { Backoff, type Sleep } from "#transport/backoff.ts";

export interface KeepConnectedDeps {
  readonly log: Pick<Logger, "warn" | "debug">;
  readonly now: () => number;
  readonly random: () => number;
  /** Default: the real clock. */
  readonly sleep?: Sleep;
}

const BASE_MS = 100;
const CAP_MS = 10_000;
/** The server knows a build's agents only when the whole build is done, a few seconds after they start. */
const EAGER_MS = 30_000;
const EAGER_CAP_MS = 1_000;

/**
 * Runs one connection after another until the signal. A failure is logged as a warning; if it repeats, only at debug level.
 *
 * @param converse runs one connection: it calls `connected` once the server has accepted us, and ends by rejecting or at the signal
 */
export async function keepConnected(
  converse: (connected: () => void, signal: AbortSignal) => Promise<void>,
  { log, now, random, ...clock }: KeepConnectedDeps,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = now();
  const backoff = new Backoff({ baseMs: BASE_MS, capMs: CAP_MS, draw: random, ...clock });
  let lastReason: string | undefined;
  const connected = (): void => {
    backoff.reset();
    lastReason = undefined;
  };
  while (!signal.aborted) {
    try {
      await converse(connected, signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = describe(error);
      log[reason === lastReason ? "debug" : "warn"]({ reason }, "not connected to the server, retrying");
      lastReason = reason;
    }
    if (signal.aborted) return;
    const isEager = now() - startedAt < EAGER_MS;
    await backoff.wait(signal, isEager ? EAGER_CAP_MS : CAP_MS).catch(() => {});
  }
}

function describe(error: unknown): string {
  if (error instanceof StatusError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
