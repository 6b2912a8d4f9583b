import { expect, test } from "vitest";
import { FULL_SCOPE } from "#authz/scope.ts";
import { type Credential, createSubject, type Subject, SYSTEM } from "#authz/subject.ts";
import { startUsageRecorder, type UsageBatch, type UsageRecorderDeps } from "./usage-recorder.ts";

const NOW = new Date("2026-01-02T03:04:05Z");

function subject(credential: Credential, ipAddress = "192.0.2.1"): Subject {
  const origin = { requestId: "r", ipAddress, userAgent: "" };
  return createSubject({ id: "u", kind: "user", roles: [], groups: [], scope: FULL_SCOPE, ceilings: [], credential, origin });
}

const token = subject({ kind: "token", id: "key1" });

/** Writes only when told to, or when full. */
function recorder(options: Partial<UsageRecorderDeps> = {}) {
  const batches: UsageBatch[] = [];
  const errors: unknown[] = [];
  const started = startUsageRecorder({
    add: async (batch) => void batches.push(batch),
    now: () => NOW,
    onError: (error) => errors.push(error),
    flushMs: 1_000_000,
    ...options,
  });
  return { started, batches, errors };
}

test("counts by key, scope, object and address, and writes each once", async () => {
  const { started, batches } = recorder();
  await using usage = started;
  usage.onAllowed(token, "read", { type: "workspace", id: "w1" });
  usage.onAllowed(token, "read", { type: "workspace", id: "w1" });
  usage.onAllowed(subject({ kind: "token", id: "key1" }, "192.0.2.2"), "read", { type: "workspace", id: "w2" });
  usage.onAllowed(token, "create", { type: "workspace" });
  await usage.flush();
  const at = { keyId: "key1", lastUsed: NOW };
  expect(batches).toEqual([
    {
      uses: [
        { ...at, scope: "workspace:read", objectId: "w1", count: 2, firstUsed: NOW },
        { ...at, scope: "workspace:read", objectId: "w2", count: 1, firstUsed: NOW },
        { ...at, scope: "workspace:create", objectId: "", count: 1, firstUsed: NOW },
      ],
      addresses: [
        { ...at, scope: "workspace:read", address: "192.0.2.1", count: 2 },
        { ...at, scope: "workspace:read", address: "192.0.2.2", count: 1 },
        { ...at, scope: "workspace:create", address: "192.0.2.1", count: 1 },
      ],
    },
  ]);
  await usage.flush();
  expect(batches).toHaveLength(1);
});

test("ignores agents and internal work", async () => {
  const { started, batches } = recorder();
  await using usage = started;
  for (const other of [SYSTEM, subject({ kind: "agent", id: "a" }), subject({ kind: "token", id: "" })])
    usage.onAllowed(other, "read", { type: "workspace", id: "w1" });
  await usage.flush();
  expect(batches).toEqual([]);
});

test("writes what is left when it is closed, once", async () => {
  const { started, batches } = recorder();
  started.onAllowed(token, "read", { type: "workspace", id: "w1" });
  await started[Symbol.asyncDispose]();
  await started[Symbol.asyncDispose]();
  expect(batches).toHaveLength(1);
});

test("writes by itself after its interval", async () => {
  const written = Promise.withResolvers<UsageBatch>();
  await using usage = startUsageRecorder({
    add: async (batch) => written.resolve(batch),
    now: () => NOW,
    onError: written.reject,
    flushMs: 1,
  });
  usage.onAllowed(token, "read", { type: "workspace", id: "w1" });
  expect((await written.promise).uses).toHaveLength(1);
});

test("keeps what could not be written, and adds it to what came in the meantime", async () => {
  let isDown = true;
  const batches: UsageBatch[] = [];
  const { started } = recorder({
    add: async (batch) => {
      if (isDown) throw new Error("the database is gone");
      batches.push(batch);
    },
  });
  await using usage = started;
  usage.onAllowed(token, "read", { type: "workspace", id: "w1" });
  const failed = usage.flush();
  usage.onAllowed(token, "read", { type: "workspace", id: "w1" });
  await expect(failed).rejects.toThrow("the database is gone");
  isDown = false;
  await usage.flush();
  expect(batches).toMatchObject([{ uses: [{ objectId: "w1", count: 2 }], addresses: [{ count: 2 }] }]);
});

test("is bounded: writes early when it is full, then counts objects together, and reports what it dropped", async () => {
  const gate = Promise.withResolvers<void>();
  const batches: UsageBatch[] = [];
  const { started, errors } = recorder({
    mostRows: 10,
    add: async (batch) => {
      batches.push(batch);
      await gate.promise;
    },
  });
  await using usage = started;
  for (let n = 0; n < 1_000; n++) usage.onAllowed(token, "read", { type: "workspace", id: `w${n}` });
  expect(batches).toHaveLength(1);
  for (let n = 0; n < 1_000; n++) usage.onAllowed(subject({ kind: "token", id: `k${n}` }), "read", { type: "workspace", id: "w" });
  gate.resolve();
  await usage.flush();
  await usage.flush();
  const rows = batches.slice(1).flatMap(({ uses, addresses }) => [...uses, ...addresses]);
  expect(rows.length).toBeLessThanOrEqual(20);
  const ofFirst = batches.flatMap(({ uses }) => uses).filter(({ keyId }) => keyId === "key1");
  expect(ofFirst.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  expect(ofFirst.at(-1)).toMatchObject({ objectId: "*" });
  expect(errors).toMatchObject([{ message: expect.stringMatching(/ 19\d\d uses were not counted/) }]);
});
