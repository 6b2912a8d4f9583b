import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLogFile } from "#agent/log-file.ts";
import { pathOfOwn } from "#agent/open-log.ts";

async function temporary(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "agent-files-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

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

test("the agent's log does not follow a link, and gets a name of its own", async () => {
  const folder = await temporary();
  const path = join(folder, "coder-agent.log");
  await writeFile(join(folder, "target"), "");
  await symlink(join(folder, "target"), path);
  const log = openLogFile(path);
  log.write("line\n");
  log.close();
  expect(await readFile(join(folder, "target"), "utf8")).toBe("");
  expect(await readFile(pathOfOwn(path), "utf8")).toBe("line\n");
});

test("a log whose old files cannot be kept begins anew and does not grow", async () => {
  const folder = await temporary();
  const path = join(folder, "coder-agent.log");
  await mkdir(`${path}.1`);
  await writeFile(join(`${path}.1`, "file"), "");
  await mkdir(`${path}.2`);
  await writeFile(join(`${path}.2`, "file"), "");
  const log = openLogFile(path);
  for (let n = 0; n < 7; n++) log.write(`${"x".repeat(1024 * 1024 - 1)}\n`);
  log.close();
  expect((await stat(path)).size).toBe(2 * 1024 * 1024);
});

test("a line that cannot be written is lost, and nothing else happens", () => {
  const log = openLogFile("/dev/full");
  log.write("line\n");
  log.close();
});
