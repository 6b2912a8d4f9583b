import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { drained } from "./drained.ts";

test("a stream is waited for until it drains or ends, and keeps no listener", async () => {
  const stream = new EventEmitter();
  for (const event of ["drain", "close", "error"]) {
    let isDone = false;
    const waiting = drained(stream, ["close", "error"]).then(() => {
      isDone = true;
    });
    stream.emit("pause");
    await Promise.resolve();
    expect(isDone).toBe(false);
    stream.emit(event);
    await waiting;
    expect(stream.eventNames()).toEqual([]);
  }
});
