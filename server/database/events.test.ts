import { EventEmitter } from "node:events";
import type { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { postgresEvents } from "./events.ts";

/** A connection on which LISTEN works or fails, and that says when it has ended. */
class FakeClient extends EventEmitter {
  readonly #listens: boolean;
  constructor(listens: boolean) {
    super();
    this.#listens = listens;
  }
  async query(): Promise<void> {
    if (!this.#listens) throw new Error("no LISTEN");
  }
  async end(): Promise<void> {
    this.emit("end");
  }
}

test("a connection on which LISTEN fails is closed, and starts no second round of reconnecting", async () => {
  const listens = [true, false, true];
  const made: FakeClient[] = [];
  const bus = await postgresEvents({
    connect: async () => {
      const client = new FakeClient(listens[made.length] ?? true);
      made.push(client);
      return client as unknown as Client;
    },
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    onError: () => {},
  });
  onTestFinished(() => bus[Symbol.asyncDispose]());
  const resynced = new Promise<void>((resolve) => void bus.subscribe(({ kind }) => kind === "resync" && resolve()));
  made[0]?.emit("end");
  await resynced;
  // The database ends it in its own time.
  made[1]?.emit("end");
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(made).toHaveLength(3);
});
