import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openScriptLog } from "#agent/script-log.ts";

async function temporary(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "agent-log-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const unexpected = (error: unknown): never => {
  throw error;
};

test("a script's log is written over from its start, and only its user may read it", async () => {
  const path = join(await temporary(), "script.log");
  await writeFile(path, "an older, longer run\n", { mode: 0o600 });
  {
    using log = openScriptLog(path, { isShared: false, onFailure: unexpected });
    log.write(Buffer.from("new"));
    log.write(Buffer.from("er\n"));
  }
  expect(await readFile(path, "utf8")).toBe("newer\ner, longer run\n");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a disk without room is told once, and stops nothing", () => {
  const told: unknown[] = [];
  using log = openScriptLog("/dev/full", { isShared: false, onFailure: (error) => told.push(error) });
  log.write(Buffer.from("one"));
  log.write(Buffer.from("two"));
  expect(told).toMatchObject([{ code: "ENOSPC" }]);
});

test("a link in a folder of everybody is not followed; elsewhere its author has put it there", async () => {
  const folder = await temporary();
  const [link, target] = [join(folder, "script.log"), join(folder, "target")];
  await symlink(target, link);
  openScriptLog(link, { isShared: false, onFailure: unexpected })[Symbol.dispose]();
  expect((await stat(target)).size).toBe(0);
  await chmod(folder, 0o1777);
  expect(() => openScriptLog(link, { isShared: false, onFailure: unexpected })).toThrow("ELOOP");
});
