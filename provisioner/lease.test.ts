import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type Deadlines, Lease, LeaseLostError } from "./lease.ts";

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

function leaseOf(ms: number): Lease {
  const lease = new Lease(ms, Date.now(), Date.now);
  onTestFinished(() => lease[Symbol.dispose]());
  return lease;
}

for (const { leaseMs, interruptAt, killAt } of [
  { leaseMs: 5_000, interruptAt: 3_333, killAt: 4_500 },
  { leaseMs: 10_000, interruptAt: 6_666, killAt: 9_000 },
  { leaseMs: 45_000, interruptAt: 30_000, killAt: 44_000 },
  { leaseMs: 600_000, interruptAt: 585_000, killAt: 599_000 },
]) {
  test(`with a lease of ${leaseMs} ms, a run is interrupted in time to end, and nothing is left of it before the lease ends`, () => {
    const lease = leaseOf(leaseMs);
    vi.advanceTimersByTime(interruptAt - 1);
    expect(lease.ending.aborted).toBe(false);
    vi.advanceTimersByTime(2);
    expect(lease.ending.aborted).toBe(true);
    vi.advanceTimersByTime(killAt - interruptAt - 2);
    expect(lease.ended.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(lease.ended.aborted).toBe(true);
  });
}

test("a renewal counts from when its call was sent, and everybody who watches hears of it", () => {
  const lease = leaseOf(10_000);
  const heard: Deadlines[] = [];
  const listening = lease.onChange((deadlines) => void heard.push(deadlines));
  vi.advanceTimersByTime(4_000);
  lease.renew(3_000, 10_000);
  listening[Symbol.dispose]();
  lease.renew(4_000, 10_000);
  expect(heard.map(({ killAt }) => killAt)).toEqual([9_000, 12_000]);
});

test("a lease that was lost stays lost, and gives Terraform a few seconds", () => {
  const lease = leaseOf(45_000);
  lease.lose(new LeaseLostError("taken away"));
  expect(lease.ending.reason).toMatchObject({ message: "taken away" });
  lease.renew(Date.now(), 45_000);
  vi.advanceTimersByTime(5_000);
  expect(lease.ended.aborted).toBe(true);
});

test("without a lease, nothing ends by itself", () => {
  const lease = leaseOf(0);
  expect(lease.deadlines()).toBeUndefined();
  vi.advanceTimersByTime(3_600_000);
  expect(lease.ending.aborted).toBe(false);
});

test("a process that was stopped sees at once that its time is over, whatever runs before its timers", () => {
  let now = 0;
  const lease = new Lease(10_000, 0, () => now);
  now = 60_000;
  expect(lease.ended.aborted).toBe(false);
  lease.check();
  expect([lease.ending.aborted, lease.ended.aborted]).toEqual([true, true]);
  lease[Symbol.dispose]();
});
