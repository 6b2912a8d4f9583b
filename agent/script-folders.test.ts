import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scriptFolders } from "#agent/script-folders.ts";

async function temporary(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "agent-folders-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test("scripts get folders that only their user may enter", async () => {
  const root = await temporary();
  const folders = scriptFolders([root]);
  expect(folders.bin()).toBe(join(root, "coder-script-data", "bin"));
  expect(folders.data("source")).toBe(join(root, "coder-script-data", "source"));
  expect(scriptFolders([root]).data("source")).toBe(join(root, "coder-script-data", "source"));
  expect((await stat(join(root, "coder-script-data"))).mode & 0o777).toBe(0o700);
});

test("a folder that leads somewhere else, or that everybody may write to, gets no place on anybody's PATH", async () => {
  const root = await temporary();
  await mkdir(join(root, "elsewhere"));
  await symlink(join(root, "elsewhere"), join(root, "coder-script-data"));
  const own = join(root, `coder-script-data-${process.getuid?.()}`);
  await mkdir(own);
  await chmod(own, 0o777);
  const bin = scriptFolders([root]).bin();
  expect(bin).toMatch(/\/coder-script-data-[^/]{6}\/bin$/);
  expect(await readdir(join(root, "elsewhere"))).toEqual([]);
  expect(await readdir(own)).toEqual([]);
});

test("a folder that was taken over later is not used, and no other is looked for", async () => {
  const root = await temporary();
  const folders = scriptFolders([root]);
  folders.bin();
  await rm(join(root, "coder-script-data"), { recursive: true });
  await symlink("/", join(root, "coder-script-data"));
  expect(() => folders.bin()).toThrow(/is not a folder of this user|EEXIST/);
});

test("takes the next place where the first has no room, and names the first problem when there is none", async () => {
  const root = await temporary();
  await writeFile(join(root, "file"), "");
  expect(scriptFolders([join(root, "file"), root]).bin()).toBe(join(root, "coder-script-data", "bin"));
  expect(() => scriptFolders([join(root, "file")]).bin()).toThrow("ENOTDIR");
});
