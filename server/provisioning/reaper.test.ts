import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { expect, test } from "vitest";
import { newSqlite } from "#test/contracts/databases.ts";
import { openWorld } from "#test/contracts/world.ts";
import type { Database } from "../database/database.ts";
import { JOB_KINDS } from "../features.ts";
import { startReaper } from "./reaper.ts";

test("a database that is away is looked for again, and complained of once each time", async () => {
  const { store } = await openWorld(newSqlite);
  const { core } = store.system;
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  let isAway = true;
  let looks = 0;
  const selectFrom = (...given: Parameters<Database["db"]["selectFrom"]>) => {
    looks += 1;
    if (isAway) throw new Error("away");
    return core.db.selectFrom(...given);
  };
  const db = new Proxy(core.db, { get: (target, name) => (name === "selectFrom" ? selectFrom : Reflect.get(target, name, target)) });
  const looksAgain = async (): Promise<void> => {
    const before = looks;
    await expect.poll(() => looks, { interval: 5, timeout: 10_000 }).toBeGreaterThan(before + 2);
  };
  {
    await using _reaper = startReaper({ ...core, db }, { kinds: JOB_KINDS, leaseMs: 1_000, intervalMs: 5, log });
    await looksAgain();
    isAway = false;
    await looksAgain();
    isAway = true;
    await looksAgain();
  }
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(Array(2).fill("could not look for jobs whose lease has ended"));
  const ended = looks;
  await sleep(30);
  expect(looks).toBe(ended);
});
