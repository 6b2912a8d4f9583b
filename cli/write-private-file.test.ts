import { mkdtempDisposable, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writePrivateFile } from "./write-private-file.ts";

async function* of(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part === "!") throw new Error("the connection broke");
    yield Buffer.from(part);
  }
}

test("a file is there as a whole, for its owner only", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "proviso-private-"));
  const path = join(folder.path, "a");
  await writePrivateFile(path, of("one ", "two"));
  expect([await readFile(path, "utf8"), (await stat(path)).mode & 0o777]).toEqual(["one two", 0o600]);
});

test("if not all of it comes, the older file stays, and nothing else is left", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "proviso-private-"));
  const path = join(folder.path, "a");
  await writeFile(path, "old");
  await expect(writePrivateFile(path, of("one ", "!"))).rejects.toThrow("the connection broke");
  expect([await readFile(path, "utf8"), await readdir(folder.path)]).toEqual(["old", ["a"]]);
});

test("where nothing can be written, it says so", async () => {
  await expect(writePrivateFile("/nonexistent/a", of("x"))).rejects.toThrow("ENOENT");
});
