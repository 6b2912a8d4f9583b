import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLogFile } from "#agent/log-file.ts";
import { makeBinFolder, makeDataFolder, openScriptLog } from "#agent/script-files.ts";

async function temporary(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "agent-files-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test("scripts get folders that only their user may enter", async () => {
  const root = await temporary();
  expect(makeBinFolder(root)).toBe(join(root, "coder-script-data", "bin"));
  expect(makeDataFolder(root, "source")).toBe(join(root, "coder-script-data", "source"));
  expect(makeDataFolder(root, "source")).toBe(join(root, "coder-script-data", "source"));
  expect((await stat(join(root, "coder-script-data"))).mode & 0o777).toBe(0o700);
});

test("a folder that leads somewhere else gets no place on anybody's PATH", async () => {
  const root = await temporary();
  await mkdir(join(root, "elsewhere"));
  await symlink(join(root, "elsewhere"), join(root, "coder-script-data"));
  expect(() => makeBinFolder(root)).toThrow("is not a folder of this user");
});

test("a script's log is written over from its start, and only its user may read it", async () => {
  const path = join(await temporary(), "script.log");
  await writeFile(path, "an older, longer run\n", { mode: 0o600 });
  {
    using log = openScriptLog(path);
    log.write(Buffer.from("new"));
    log.write(Buffer.from("er\n"));
  }
  expect(await readFile(path, "utf8")).toBe("newer\ner, longer run\n");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("the agent's log begins anew at 5 MiB and keeps ten old ones", async () => {
  const folder = await temporary();
  const path = join(folder, "coder-agent.log");
  const log = openLogFile(path);
  const line = `${"x".repeat(1024 * 1024 - 1)}\n`;
  for (let n = 0; n < 5 * 12 + 1; n++) log.write(line);
  log.close();
  const names = (await readdir(folder)).sort();
  expect(names).toEqual(["coder-agent.log", ...Array.from({ length: 10 }, (_, n) => `coder-agent.log.${n + 1}`)].sort());
  expect((await stat(path)).size).toBe(1024 * 1024);
  expect((await stat(`${path}.10`)).size).toBe(5 * 1024 * 1024);
});

test("the agent's log does not follow a link", async () => {
  const folder = await temporary();
  await writeFile(join(folder, "target"), "");
  await symlink(join(folder, "target"), join(folder, "coder-agent.log"));
  expect(() => openLogFile(join(folder, "coder-agent.log"))).toThrow("ELOOP");
});
