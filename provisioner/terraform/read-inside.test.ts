import { execFileSync } from "node:child_process";
import { mkdir, mkdtempDisposable, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { readInside } from "./read-inside.ts";

test("what a template's code has put in the place of a file is not there, and never blocks", async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "read-inside-"));
  const at = (name: string) => path.join(folder.path, "template", name);
  await mkdir(at("folder"), { recursive: true });
  await writeFile(path.join(folder.path, "secret"), "secret");
  await writeFile(at("main.tf"), "text");
  await symlink("main.tf", at("inner"));
  await symlink("../secret", at("outer"));
  await writeFile(at("huge"), "");
  await truncate(at("huge"), 2 ** 30);
  if (process.platform !== "win32") execFileSync("mkfifo", [at("pipe")]);
  const read = (name: string) => readInside(path.join(folder.path, "template"), name);
  expect(await Promise.all(["main.tf", "inner"].map(read))).toEqual(["text", "text"]);
  expect(await Promise.all(["outer", "huge", "pipe", "folder", "none"].map(read))).toEqual(Array(5).fill(undefined));
});
