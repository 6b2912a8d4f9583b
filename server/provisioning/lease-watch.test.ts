import { expect, test } from "vitest";
import { JobId } from "../ids.ts";
import { createLeaseWatch } from "./lease-watch.ts";
import type { Lease } from "./queue-rows.ts";

const LEASE_MS = 1_000;
const [A, B] = [JobId.parse("00000000-0000-4000-8000-00000000000a"), JobId.parse("00000000-0000-4000-8000-00000000000b")];
const lease = (id: JobId, lease_renewals = 0, claims = 1): Lease => ({ id, claims, lease_renewals });
const open = (unwatchedMs = Number.POSITIVE_INFINITY) => createLeaseWatch({ leaseMs: LEASE_MS, unwatchedMs });

test("a lease ends when it was watched for its whole length without a renewal", () => {
  const watch = open();
  expect(watch.look([lease(A), lease(B)], 5_000)).toEqual([]);
  expect(watch.look([lease(A), lease(B, 1)], 5_999)).toEqual([]);
  expect(watch.look([lease(A), lease(B, 1)], 6_000)).toEqual([lease(A)]);
  expect(watch.look([lease(B, 1)], 6_999)).toEqual([lease(B, 1)]);
});

test("a job that is given to a daemon again has a new lease, even if nobody saw it without one", () => {
  const watch = open();
  watch.look([lease(A, 0, 1)], 0);
  expect(watch.look([lease(A, 0, 2)], 999)).toEqual([]);
  expect(watch.look([lease(A, 0, 2)], 1_998)).toEqual([]);
  expect(watch.look([lease(A, 0, 2)], 1_999)).toEqual([lease(A, 0, 2)]);
});

test("a job that was not running for a while begins anew", () => {
  const watch = open();
  watch.look([lease(A)], 0);
  watch.look([], 500);
  expect(watch.look([lease(A)], 1_000)).toEqual([]);
  expect(watch.look([lease(A)], 1_999)).toEqual([]);
});

test("time in which nobody looked counts little: daemons could not renew anything either", () => {
  const watch = open(100);
  watch.look([lease(A)], 0);
  expect(watch.look([lease(A)], 3_600_000)).toEqual([]);
  for (let n = 1; n <= 8; n++) expect(watch.look([lease(A)], 3_600_000 + n * 100)).toEqual([]);
  expect(watch.look([lease(A)], 3_600_900)).toEqual([lease(A)]);
});

test("it says when the next lease may end", () => {
  const watch = open();
  expect(watch.untilNextEnd()).toBe(Number.POSITIVE_INFINITY);
  watch.look([lease(A)], 0);
  watch.look([lease(A), lease(B)], 300);
  expect(watch.untilNextEnd()).toBe(700);
  watch.look([lease(A, 1), lease(B)], 400);
  expect(watch.untilNextEnd()).toBe(900);
  watch.look([], 500);
  expect(watch.untilNextEnd()).toBe(Number.POSITIVE_INFINITY);
});
