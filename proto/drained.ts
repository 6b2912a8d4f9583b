import type { EventEmitter } from "node:events";

/**
 * Waits until a stream takes more, or is over. A stream of many messages waits often, so nothing may stay behind on it.
 *
 * @param ends the events that mean that it is over
 */
export function drained(stream: EventEmitter, ends: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const events = ["drain", ...ends];
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}
