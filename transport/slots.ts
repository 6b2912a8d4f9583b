/** Runs at most so much at once. */
export interface Slots {
  /** Waits for a place, in the order of asking. @returns what the work returns */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * A place that gets free is given away only after the event loop has turned, so that many who wait for one never keep everybody else from
 * being heard, even if their work never waits for anything.
 */
export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let busy = 0;
  const pass = (): void => {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  };
  return {
    async run(work) {
      if (busy < count) busy += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        setImmediate(pass);
      }
    },
  };
}
