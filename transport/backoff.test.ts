import fc from "fast-check";
import { expect, test } from "vitest";
import { Backoff } from "./backoff.ts";

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("backs off by doubling to a cap, less up to a half, and starts over", () => {
  const backoff = new Backoff({ baseMs: 10, capMs: 100, draw: () => 0 });
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([10, 20, 40, 80, 100, 100]);
  backoff.reset();
  expect(backoff.next()).toBe(10);
  expect(new Backoff({ baseMs: 10, capMs: 100, draw: () => 0.5 }).next()).toBe(7.5);
  for (let n = 0; n < 2_000; n++) expect(backoff.next()).toBeLessThanOrEqual(100);
});

test("waits grow to the cap, and jitter takes off no more than its share", () => {
  fc.assert(
    fc.property(fc.nat(3_000), unit, unit, (failures, jitter, draw) => {
      const backoff = new Backoff({ baseMs: 100, capMs: 10_000, jitter, draw: () => draw });
      let before = 0;
      for (let n = 0; n < failures; n++) before = backoff.next();
      const wait = backoff.next();
      return wait >= before && wait <= 10_000 && wait >= 100 * (1 - jitter);
    }),
  );
});

test("without jitter chance has no say", () => {
  const backoff = new Backoff({ baseMs: 250, capMs: 10_000, jitter: 0, draw: () => 0.9 });
  expect([backoff.next(), backoff.next()]).toEqual([250, 500]);
});

test("a wait may have a cap of its own, which does not change how the waits grow", () => {
  const backoff = new Backoff({ baseMs: 100, capMs: 10_000, jitter: 0 });
  expect([backoff.next(150), backoff.next(150), backoff.next()]).toEqual([100, 150, 400]);
});

test("sleeps for the wait that it counted", async () => {
  const slept: number[] = [];
  const backoff = new Backoff({ baseMs: 10, capMs: 25, jitter: 0, sleep: async (ms) => void slept.push(ms) });
  const { signal } = new AbortController();
  for (let n = 0; n < 3; n++) await backoff.wait(signal);
  expect(slept).toEqual([10, 20, 25]);
});

test("a wait ends with its signal, and with the signal's own reason", async () => {
  const controller = new AbortController();
  const backoff = new Backoff({ baseMs: 60_000, capMs: 60_000 });
  const ended = expect(backoff.wait(controller.signal)).rejects.toThrow("up");
  controller.abort(new Error("up"));
  await ended;
  await expect(backoff.wait(controller.signal)).rejects.toThrow("up");
});

test("a sleep that fails by itself is not taken for an abort", async () => {
  const backoff = new Backoff({ baseMs: 1, capMs: 1, sleep: () => Promise.reject(new Error("no clock")) });
  await expect(backoff.wait(new AbortController().signal)).rejects.toThrow("no clock");
});
