import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { holdSqlite } from "#test/hold-sqlite.ts";
import { openServerWorld, type ServerWorld } from "./server-world.ts";

async function openWorld() {
  await using opened = new AsyncDisposableStack();
  const directory = opened.use(await mkdtempDisposable(join(tmpdir(), "proviso-locked-")));
  let movedMs = 0;
  const now = () => new Date(Date.now() + movedMs);
  const world = opened.use(await openServerWorld({ dataDirectory: directory.path, now }));
  const owned = opened.move();
  // After a minute, a key's use would be written again.
  const passMinutes = (): void => {
    movedMs += 120_000;
  };
  return { world, passMinutes, path: join(directory.path, "proviso.db"), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function createKey(world: ServerWorld, name: string) {
  return world.call("POST", "/api/v2/users/me/keys/tokens", { token_name: name });
}

async function timed<T>(run: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const started = performance.now();
  return { answer: await run(), ms: performance.now() - started };
}

/** Reads one after another; returns the milliseconds of the slowest. */
async function slowestRead(world: ServerWorld, reads: number): Promise<number> {
  const times: number[] = [];
  for (let read = 0; read < reads; read++) {
    const { answer, ms } = await timed(() => world.call("GET", "/api/v2/users/me"));
    expect(answer.status).toBe(200);
    times.push(ms);
    await sleep(5);
  }
  return Math.max(...times);
}

test("while another program holds the lock, writes wait side by side and reads go on", async () => {
  await using opened = await openWorld();
  const { world, path, passMinutes } = opened;
  await slowestRead(world, 10);
  const floor = await slowestRead(world, 60);
  passMinutes();

  await using _lock = await holdSqlite(path);
  const writes = Array.from({ length: 12 }, (_, i) => timed(() => createKey(world, `key-${i}`)));
  const during = await slowestRead(world, 60);
  for (const { answer, ms } of await Promise.all(writes)) {
    expect(answer).toMatchObject({ status: 503, json: { message: "The database is unavailable: it is locked." } });
    expect(ms).toBeGreaterThan(1_900);
    // Twelve times two seconds, if they waited one after another.
    expect(ms).toBeLessThan(4_000);
  }
  // SQLite's own wait would make at least one of them two seconds long.
  expect(during).toBeLessThan(Math.max(20 * floor, 500));
});

test("writes that waited go through as soon as the lock is free, in the order in which they came", async () => {
  await using opened = await openWorld();
  const { world, path } = opened;
  const lock = await holdSqlite(path);
  const finished: string[] = [];
  const writes = ["first", "second", "third"].map(async (name) => {
    const { status } = await createKey(world, name);
    finished.push(name);
    return status;
  });
  await sleep(500);
  expect(finished).toEqual([]);
  const { ms } = await timed(async () => {
    await lock[Symbol.asyncDispose]();
    expect(await Promise.all(writes)).toEqual([201, 201, 201]);
  });
  expect(ms).toBeLessThan(1_000);
  const tokens = await world.client.listTokens("me");
  expect(tokens.map(({ token_name }) => token_name).sort()).toEqual(["first", "second", "third"]);
});
