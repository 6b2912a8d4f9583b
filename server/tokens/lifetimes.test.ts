import { expect, test } from "vitest";
import { DEFAULT_TOKEN_LIFETIMES, describeDuration, LONGEST_LIFETIME_MS, maximumLifetimeMs, NANOSECONDS_PER_MS } from "./lifetimes.ts";

for (const { ms, text } of [
  { ms: 0, text: "0h0m0s" },
  { ms: 999, text: "0h0m0s" },
  { ms: 61_000, text: "0h1m1s" },
  { ms: 3_599_999, text: "0h59m59s" },
  { ms: 168 * 3_600_000, text: "168h0m0s" },
])
  test(`${ms} ms are ${text}`, () => expect(describeDuration(ms)).toBe(text));

test("an owner's token lives shorter, whatever else the owner is", () => {
  const lifetimes = { ...DEFAULT_TOKEN_LIFETIMES, maximumMs: 7, ownerMaximumMs: 5 };
  expect([[], ["auditor"], ["owner"], ["auditor", "owner"]].map((roles) => maximumLifetimeMs(lifetimes, roles))).toEqual([7, 7, 5, 5]);
});

test("the longest lifetime fits 64 bits of nanoseconds, and a second more does not", () => {
  const nanoseconds = (ms: number): bigint => BigInt(ms) * BigInt(NANOSECONDS_PER_MS);
  const most = 2n ** 63n - 1n;
  expect([nanoseconds(LONGEST_LIFETIME_MS) <= most, nanoseconds(LONGEST_LIFETIME_MS + 1_000) <= most]).toEqual([true, false]);
});
