import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { watchLag } from "./lag.ts";

test("tells how long nothing could run", async () => {
  using lag = watchLag();
  await sleep(60);
  const before = lag.largestMs();
  const end = performance.now() + 300;
  while (performance.now() < end);
  expect(lag.largestMs()).toBeGreaterThan(250);
  await sleep(60);
  expect(lag.largestMs()).toBeGreaterThan(Math.max(250, before));
});
