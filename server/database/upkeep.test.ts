import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startUpkeep } from "./upkeep.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("runs at once and then periodically, but never twice at a time", async () => {
  const rounds: PromiseWithResolvers<void>[] = [];
  const round = () => {
    rounds.push(Promise.withResolvers<void>());
    return rounds.at(-1)?.promise ?? Promise.resolve();
  };
  await using _ = startUpkeep(round, { everyMs: 1_000, onError: (error) => expect.fail(String(error)) });
  expect(rounds).toHaveLength(1);
  vi.advanceTimersByTime(5_000);
  expect(rounds).toHaveLength(1);
  rounds[0]?.resolve();
  await settled();
  vi.advanceTimersByTime(999);
  expect(rounds).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(rounds).toHaveLength(2);
  rounds[1]?.resolve();
});

test("tells of a round that fails, and tries again", async () => {
  const errors: unknown[] = [];
  let rounds = 0;
  const round = () => Promise.reject(new Error(`round ${++rounds}`));
  await using _ = startUpkeep(round, { everyMs: 1_000, onError: (error) => errors.push(error) });
  await settled();
  vi.advanceTimersByTime(1_000);
  await settled();
  expect(errors.map(String)).toEqual(["Error: round 1", "Error: round 2"]);
});

test("closing aborts the round in progress, waits for it, and leaves no timer", async () => {
  let isOver = false;
  const upkeep = startUpkeep(
    async (signal) => {
      while (!signal.aborted) await settled();
      isOver = true;
    },
    { everyMs: 1_000, onError: () => {} },
  );
  await upkeep[Symbol.asyncDispose]();
  expect([isOver, vi.getTimerCount()]).toEqual([true, 0]);
});
