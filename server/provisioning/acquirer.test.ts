import { expect, test } from "vitest";
import type { StoreEvent } from "../database/events.ts";
import type { Row } from "../database/tables.ts";
import { DaemonId, OrganizationId } from "../ids.ts";
import { createAcquirer } from "./acquirer.ts";
import type { Worker } from "./queue-rows.ts";
import { normalizeTags } from "./tags.ts";

const organizationId = OrganizationId.parse("00000000-0000-4000-8000-000000000001");
const worker = (tags: Record<string, string> = {}): Worker => ({
  id: DaemonId.parse(crypto.randomUUID()),
  organizationId,
  provisioners: ["terraform"],
  tags: normalizeTags(undefined, tags),
});

/** A queue in memory, with names instead of jobs. It records who asked. */
function queue(...names: string[]) {
  const listeners = new Set<(event: StoreEvent) => void>();
  const asked: Worker[] = [];
  let gate: Promise<void> = Promise.resolve();
  const acquirer = createAcquirer({
    claim: async (asking) => {
      asked.push(asking);
      await gate;
      const name = names.shift();
      if (name === "broken") throw new Error("broken");
      return name === undefined ? undefined : ({ error: name } as Row<"provisioner_jobs">);
    },
    events: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  });
  const post = (name: string, tags: Record<string, string> = {}): void => {
    names.push(name);
    for (const listener of listeners)
      listener({ kind: "job_posted", organizationId, provisioner: "terraform", tags: normalizeTags(undefined, tags) });
  };
  const acquire = async (by: Worker, signal: AbortSignal = new AbortController().signal) => (await acquirer.acquire(by, signal))?.error;
  const hold = (): (() => void) => {
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    return held.resolve;
  };
  return { acquire, post, asked, hold, acquirer };
}

/** Waits until every pending continuation has run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("returns an existing job at once, and a new one as soon as it is posted", async () => {
  const { acquire, post } = queue("first");
  expect(await acquire(worker())).toBe("first");
  const waiting = acquire(worker());
  await settle();
  post("second");
  expect(await waiting).toBe("second");
});

test("only one of several workers that wait for the same jobs asks, and each gets a different job", async () => {
  const { acquire, post, asked } = queue();
  const waiting = Array.from({ length: 5 }, () => acquire(worker()));
  await settle();
  expect(asked).toHaveLength(1);
  for (const name of ["a", "b", "c", "d", "e"]) post(name);
  expect((await Promise.all(waiting)).sort()).toEqual(["a", "b", "c", "d", "e"]);
});

test("a job wakes only workers that may take it", async () => {
  const { acquire, post, asked } = queue();
  const tagged = acquire(worker({ zone: "a" }));
  const untagged = acquire(worker());
  await settle();
  const before = asked.length;
  post("for zone a", { zone: "a" });
  expect(await tagged).toBe("for zone a");
  expect(asked.slice(before).map(({ tags }) => tags.zone)).toEqual(["a"]);
  post("for all");
  expect(await untagged).toBe("for all");
});

test("a worker that leaves gets nothing, and the next job goes to the next worker", async () => {
  const { acquire, post } = queue();
  const leaving = new AbortController();
  const first = acquire(worker(), leaving.signal);
  const second = acquire(worker());
  await settle();
  leaving.abort();
  expect(await first).toBeUndefined();
  post("job");
  expect(await second).toBe("job");
});

test("a worker that leaves during its claim still gets the job that the claim finds", async () => {
  const { acquire, hold } = queue("job");
  const release = hold();
  const leaving = new AbortController();
  const waiting = acquire(worker(), leaving.signal);
  await settle();
  leaving.abort();
  release();
  expect(await waiting).toBe("job");
});

test("a job that is posted during a claim is not missed", async () => {
  const { acquire, hold, post, asked } = queue();
  const release = hold();
  const waiting = acquire(worker());
  await settle();
  expect(asked).toHaveLength(1);
  post("late");
  release();
  expect(await waiting).toBe("late");
});

test("a database error goes to the worker that asked, and the next worker asks again", async () => {
  const { acquire } = queue("broken", "job");
  const [first, second] = [acquire(worker()), acquire(worker())];
  await expect(first).rejects.toThrow("broken");
  expect(await second).toBe("job");
});

test("closing releases every waiting worker", async () => {
  const { acquire, acquirer } = queue();
  const waiting = acquire(worker());
  await settle();
  acquirer[Symbol.dispose]();
  expect(await waiting).toBeUndefined();
});

test("closing during a claim still returns the job that it finds, because nobody else would work on it", async () => {
  const { acquire, hold, acquirer } = queue("job");
  const release = hold();
  const [asking, behind] = [acquire(worker()), acquire(worker())];
  await settle();
  acquirer[Symbol.dispose]();
  expect(await behind).toBeUndefined();
  release();
  expect(await asking).toBe("job");
});
