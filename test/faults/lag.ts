/** How late this process got to run what was due, which tells of a machine that has too much to do. */
export interface LagWatch extends Disposable {
  /** Since the watch began, in milliseconds. */
  largestMs(): number;
}

const EVERY_MS = 25;

export function watchLag(): LagWatch {
  let largest = 0;
  let due = performance.now() + EVERY_MS;
  const look = (): void => {
    largest = Math.max(largest, performance.now() - due);
    due = performance.now() + EVERY_MS;
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    largestMs: () => {
      // A process that was not run has not looked either.
      largest = Math.max(largest, performance.now() - due);
      return largest;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
