import { expect, test, vi } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { startAuditRetention } from "./retention.ts";

test("old entries are deleted at once and an hour later, and closing ends it", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const { core, clock } = await openCommandWorld();
    const told: unknown[] = [];
    const log = { info: (line: unknown) => told.push(line), error: (line: unknown) => told.push(line) };
    const count = async () => (await core.db.selectFrom("audit_logs").select("id").execute()).length;
    clock.advance(10_000);
    const retention = startAuditRetention(core, { retentionMs: 20_000, log });
    await expect.poll(count).toBe(1);
    clock.advance(20_000);
    vi.advanceTimersByTime(3_600_000);
    await expect.poll(() => told).toEqual([{ deleted: 1 }]);
    expect(await count()).toBe(0);
    await retention[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("a database that fails is told of, and ends nothing else", async () => {
  const { core } = await openCommandWorld();
  const told: unknown[] = [];
  const log = { info: () => {}, error: (line: unknown) => told.push(line) };
  const failing = { ...core, write: () => Promise.reject(new Error("the disk is full")) };
  await startAuditRetention(failing, { retentionMs: 1, log })[Symbol.asyncDispose]();
  expect(told).toEqual([{ err: expect.objectContaining({ message: "the disk is full" }) }]);
});
