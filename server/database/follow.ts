import { createSlots, type Slots } from "#transport/slots.ts";
import type { StoreEvent, StoreEvents } from "./events.ts";

export interface FollowOptions {
  readonly signal: AbortSignal;
  /**
   * Throws if the reader has lost the right with which the stream began: a stream can outlive it, and it is otherwise checked only once.
   */
  readonly recheck?: () => Promise<void>;
  /** How often `recheck` is called while nothing happens, in milliseconds. Default: 30 000. */
  readonly recheckMs?: number;
}

/** How much is found at once: a reader who is slow holds no more in memory. */
const MOST_AT_ONCE = 500;

/** How many followers of one database look at the same time. The others wait, and not everybody else. */
const LOOKS_AT_ONCE = 4;
const slotsOf = new WeakMap<StoreEvents, Slots>();

function lookSlots(events: StoreEvents): Slots {
  const slots = slotsOf.get(events) ?? createSlots(LOOKS_AT_ONCE);
  slotsOf.set(events, slots);
  return slots;
}

/**
 * Yields what exists, then what is added: looks once, and again after each relevant event. Ends when a look says so, or on abort.
 *
 * @param look finds at most so much, and is called again only after its last answer was consumed, so a slow reader costs nothing; at once
 *   if it found as much as it might
 * @param deps.recheck is called after each look, before its result is yielded, and at regular intervals; an error from it ends the stream
 */
export async function* follow<T>(
  deps: { readonly events: StoreEvents; readonly concerns: (event: StoreEvent) => boolean } & FollowOptions,
  look: (most: number) => Promise<{ readonly found: readonly T[]; readonly isOver: boolean }>,
): AsyncGenerator<readonly T[]> {
  const slots = lookSlots(deps.events);
  const bell = createBell(deps.signal);
  // Subscribes before the first look, because events between look and subscription would be lost.
  const unsubscribe = deps.events.subscribe((event) => {
    if (event.kind === "resync" || deps.concerns(event)) bell.ring();
  });
  // A quiet stream gets no event when its reader's key expires.
  const timer = deps.recheck && setInterval(bell.ring, deps.recheckMs ?? 30_000);
  try {
    while (!deps.signal.aborted) {
      const { found, isOver } = await slots.run(async () => {
        const seen = await look(MOST_AT_ONCE);
        await deps.recheck?.();
        return seen;
      });
      if (found.length > 0) yield found;
      if (found.length === MOST_AT_ONCE) continue;
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
