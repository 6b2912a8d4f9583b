import type { Logger } from "pino";
import { StatusError } from "#proto/status.ts";
import { backoffMs } from "./backoff.ts";

export interface KeepConnectedDeps {
  readonly log: Pick<Logger, "warn" | "debug">;
  readonly now: () => number;
  readonly random: () => number;
  /** Resolves after a time or, early and without a word, at the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FLOOR_MS = 100;
const CEILING_MS = 10_000;
/** A build's agents are known to the server only when the whole build is done, which is some seconds after they start. */
const EAGER_MS = 30_000;
const EAGER_CEILING_MS = 1_000;

/**
 * Runs one connection after the other until the signal. A failure is logged once; the same one again only at debug level.
 *
 * @param connect one connection's life; calls `connected` when the server has accepted us, and ends by rejecting or at the signal
 */
export async function keepConnected(
  connect: (connected: () => void, signal: AbortSignal) => Promise<void>,
  { log, now, random, sleep }: KeepConnectedDeps,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = now();
  let attempt = 0;
  let lastReason: string | undefined;
  const connected = (): void => {
    attempt = 0;
    lastReason = undefined;
  };
  while (!signal.aborted) {
    try {
      await connect(connected, signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = describe(error);
      log[reason === lastReason ? "debug" : "warn"]({ reason }, "not connected to the server, trying again");
      lastReason = reason;
    }
    if (signal.aborted) return;
    const ceilingMs = now() - startedAt < EAGER_MS ? EAGER_CEILING_MS : CEILING_MS;
    await sleep(backoffMs(attempt++, { floorMs: FLOOR_MS, ceilingMs }, random()), signal);
  }
}

function describe(error: unknown): string {
  if (error instanceof StatusError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
