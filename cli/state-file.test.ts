import { execFileSync } from "node:child_process";
import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStateFile } from "./state-file.ts";

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "proviso-state-file-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

test("a file is written for its owner, and one behind a link is replaced where it is", async () => {
  const at = await folder();
  const file = join(at, "real.tfstate");
  await (await openStateFile(file))(bytes("one"));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await symlink(file, join(at, "link"));
  await (await openStateFile(join(at, "link")))(bytes("two"));
  expect([await readFile(file, "utf8"), (await lstat(join(at, "link"))).isSymbolicLink()]).toEqual(["two", true]);
});

test("a named pipe stays one, and gets the bytes", async () => {
  const at = await folder();
  const pipe = join(at, "pipe");
  execFileSync("mkfifo", [pipe]);
  const write = await openStateFile(pipe);
  const [text] = await Promise.all([readFile(pipe, "utf8"), write(bytes("state"))]);
  expect([text, (await lstat(pipe)).isFIFO()]).toEqual(["state", true]);
});

test("a folder, and a file in a folder that is not there, are refused before anything is written", async () => {
  const at = await folder();
  await writeFile(join(at, "file"), "");
  await expect(openStateFile(at)).rejects.toThrow(`${at} is a folder: name a file in it`);
  await expect(openStateFile(join(at, "none", "a"))).rejects.toThrow(`the folder ${join(at, "none")} does not exist`);
  await expect(openStateFile(join(at, "file", "a"))).rejects.toThrow("does not exist");
  expect(await readdir(at)).toEqual(["file"]);
});
