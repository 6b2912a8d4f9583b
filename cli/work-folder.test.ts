import { chmod, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDefaultWorkFolder } from "./work-folder.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "proviso-work-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

test("is one folder for all daemons of a user, and for nobody else", async () => {
  const folder = await openDefaultWorkFolder(parent);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await openDefaultWorkFolder(parent)).toBe(folder);
});

test("is refused if others can look into it", async () => {
  await chmod(await openDefaultWorkFolder(parent), 0o755);
  await expect(openDefaultWorkFolder(parent)).rejects.toThrow(
    "is not private: you do not own it, or others have access to it. Choose another folder with --cache-dir",
  );
});

test("is refused if it is a link that somebody laid", async () => {
  const folder = await openDefaultWorkFolder(parent);
  await rm(folder, { recursive: true });
  await symlink(parent, join(parent, basename(folder)));
  await expect(openDefaultWorkFolder(parent)).rejects.toThrow("you do not own it");
});
