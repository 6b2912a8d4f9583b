import { expect, test } from "vitest";
import { createSlots } from "./slots.ts";

test("at most so much runs at once, in the order of asking, and a failure frees its place", async () => {
  const slots = createSlots(2);
  const began: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const runs = ends.map(({ promise }, at) =>
    slots.run(async () => {
      began.push(at);
      await promise;
    }),
  );
  for (const run of runs) run.catch(() => {});
  expect(began).toEqual([0, 1]);
  ends[1]?.reject(new Error("no"));
  await expect(runs[1]).rejects.toThrow("no");
  await expect.poll(() => began).toEqual([0, 1, 2]);
  for (const { resolve } of ends) resolve();
  await Promise.allSettled(runs);
  expect(began).toEqual([0, 1, 2, 3, 4]);
});

test("work that never waits leaves room for everything else", async () => {
  const slots = createSlots(4);
  let done = 0;
  const all = Promise.all(Array.from({ length: 400 }, () => slots.run(async () => void done++)));
  await new Promise((resolve) => setImmediate(resolve));
  const seen = done;
  await all;
  expect([seen < 400, done]).toEqual([true, 400]);
});
