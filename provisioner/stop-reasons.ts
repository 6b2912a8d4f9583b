import type { Stop } from "#transport/run-process.ts";
import type { Lease } from "./lease.ts";

/** The daemon's signals to end a run. */
export interface JobSignals {
  /** No more jobs are wanted; the running one may end by itself. */
  readonly drain: AbortSignal;
  /** The daemon must end now: the job is interrupted and fails. */
  readonly interrupt: AbortSignal;
  /** The daemon ends at once: everything is killed, and the server is told if that takes no time. */
  readonly abandon: AbortSignal;
}

/** Terraform did not end in the time that a canceled job has. */
export class CancelTimedOutError extends Error {
  override readonly name = "CancelTimedOutError";
}

/** Combines the reasons to stop a run: the first one sets the reason, and how long Terraform may take to end. Dispose of it after the run. */
export function watchForStop(
  run: { readonly canceled: AbortSignal; readonly lease: Lease; readonly forceCancelMs: number },
  signals: JobSignals,
): { readonly stop: Stop } & Disposable {
  const interrupt = new AbortController();
  const kill = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const off: (() => void)[] = [];
  const on = (signal: AbortSignal, act: (reason: unknown) => void): void => {
    const listener = (): void => act(signal.reason);
    if (signal.aborted) listener();
    else signal.addEventListener("abort", listener, { once: true });
    off.push(() => signal.removeEventListener("abort", listener));
  };
  const interruptFor = (reason: unknown): void => {
    interrupt.abort(reason);
    const late = new CancelTimedOutError(
      `Terraform did not end within ${describeMs(run.forceCancelMs)} after it was interrupted, so it was killed: its state may be incomplete.`,
    );
    timers.push(setTimeout(() => kill.abort(late), Math.min(run.forceCancelMs, LONGEST_TIMER_MS)));
  };
  on(run.canceled, interruptFor);
  on(signals.interrupt, interruptFor);
  on(run.lease.ending, (reason) => interrupt.abort(reason));
  on(run.lease.ended, (reason) => {
    interrupt.abort(reason);
    kill.abort(reason);
  });
  on(signals.abandon, (reason) => {
    interrupt.abort(reason);
    kill.abort(reason);
  });
  return {
    // The time after an interrupt is limited by the signals alone.
    stop: { interrupt: interrupt.signal, kill: kill.signal, graceMs: LONGEST_TIMER_MS },
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const release of off) release();
    },
  };
}

/** The longest time that a timer can have. */
const LONGEST_TIMER_MS = 2_147_483_647;

function describeMs(ms: number): string {
  if (ms % 60_000 === 0 && ms > 0) return `${ms / 60_000} min`;
  return `${ms / 1_000} s`;
}
