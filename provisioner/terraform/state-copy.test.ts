import { mkdtempDisposable, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { readStateCopy, writeStateCopy } from "./state-copy.ts";

const state = (serial: number) => Buffer.from(JSON.stringify({ version: 4, serial, lineage: "l" }));

test("the copy is the last complete state", async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "state-copy-"));
  expect(await readStateCopy(folder.path)).toBeUndefined();
  for (const serial of [1, 2]) await writeStateCopy(folder.path, state(serial));
  expect(await readStateCopy(folder.path)).toEqual(state(2));
});

test("if it cannot be written, there is none rather than an older one", async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "state-copy-"));
  await writeStateCopy(folder.path, state(1));
  const breaksOff = (async function* () {
    yield state(2).subarray(0, 9);
    throw new Error("the disk is full");
  })();
  await writeStateCopy(folder.path, breaksOff as unknown as Uint8Array);
  expect(await readStateCopy(folder.path)).toBeUndefined();
  expect(await readdir(folder.path)).toEqual([]);
});
