import type { StoreEvent, StoreEvents } from "./events.ts";

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Whether the reader still may: a stream can outlive the right that it began with, which is decided once. Throws when not. */
  readonly recheck?: () => Promise<void>;
  /** How often it is asked while nothing happens, in milliseconds. Default: 30 000. */
  readonly recheckMs?: number;
}

/**
 * What is there, then what comes: looks once, and again after each event that concerns it. Ends when a look says so, or on abort.
 *
 * @param look is asked anew only when its last answer was taken, so a slow reader costs nothing
 * @param deps.recheck is asked after each look, before what it found is handed out, and now and then; what it throws ends the stream
 */
export async function* follow<T>(
  deps: { readonly events: StoreEvents; readonly concerns: (event: StoreEvent) => boolean } & FollowOptions,
  look: () => Promise<{ readonly found: readonly T[]; readonly isOver: boolean }>,
): AsyncGenerator<readonly T[]> {
  const bell = createBell(deps.signal);
  // Before the first look: what happens between look and subscription would be lost.
  const unsubscribe = deps.events.subscribe((event) => {
    if (event.kind === "resync" || deps.concerns(event)) bell.ring();
  });
  // Nobody tells a quiet stream that its reader's key has expired.
  const timer = deps.recheck && setInterval(bell.ring, deps.recheckMs ?? 30_000);
  try {
    while (!deps.signal.aborted) {
      const { found, isOver } = await look();
      await deps.recheck?.();
      if (found.length > 0) yield found;
      if (isOver) return;
      await bell.rung();
    }
  } finally {
    clearInterval(timer);
    unsubscribe();
  }
}

/** Remembers one ring, so that none is lost while nobody waits. */
function createBell(signal: AbortSignal): { ring(): void; rung(): Promise<void> } {
  let hasRung = signal.aborted;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    hasRung = true;
    wake?.();
  };
  signal.addEventListener("abort", ring, { once: true });
  return {
    ring,
    rung: async () => {
      if (!hasRung) await new Promise<void>((resolve) => (wake = resolve));
      wake = undefined;
      hasRung = signal.aborted;
    },
  };
}
