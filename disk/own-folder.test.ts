import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { DiskError } from "./disk-error.ts";
import { FolderInUseError, ownFolder } from "./own-folder.ts";

const owner = { what: "The data folder", role: "server" };

let folder = "";
beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), "proviso-own-"));
  folder = join(parent, "data");
  onTestFinished(() => rm(parent, { recursive: true }));
});

/** Another process that owns the folder until it is killed. */
async function ownElsewhere(): Promise<ChildProcess> {
  const program = `
    const { ownFolder } = await import("#disk/own-folder.ts");
    await ownFolder(process.argv[1], ${JSON.stringify(owner)});
    process.stdout.write("owned");
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, folder], {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

test("creates the folder for its owner only, and leaves no note of a process when it is done", async () => {
  const lock = await ownFolder(folder, owner);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readFile(join(folder, "server.pid"), "utf8")).toBe(`${process.pid}\n${hostname()}\n`);
  await lock[Symbol.asyncDispose]();
  await lock[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual(["server.lock"]);
  expect((await stat(join(folder, "server.lock"))).mode & 0o777).toBe(0o600);
});

test("a second process is refused with the first one's ID, until that one is killed, whatever it left behind", async () => {
  const first = await ownElsewhere();
  const refused = ownFolder(folder, owner);
  await expect(refused).rejects.toThrow(FolderInUseError);
  await expect(refused).rejects.toThrow(
    `The data folder ${folder} is in use by the server with process ID ${first.pid}: stop that server, or choose another folder for this one.`,
  );
  first.kill("SIGKILL");
  await once(first, "exit");
  expect(await readdir(folder)).toContain("server.pid");
  await using _lock = await ownFolder(folder, owner);
  expect(await readFile(join(folder, "server.pid"), "utf8")).toContain(`${process.pid}\n`);
});

test("waits for a process that is just ending", async () => {
  const first = await ownElsewhere();
  const second = ownFolder(folder, owner);
  first.kill("SIGKILL");
  await (await second)[Symbol.asyncDispose]();
});

test("one process cannot own a folder twice, and another role may own it too", async () => {
  await using _lock = await ownFolder(folder, owner);
  await expect(ownFolder(folder, owner)).rejects.toThrow(`process ID ${process.pid}`);
  await using _other = await ownFolder(folder, { ...owner, role: "daemon" });
});

test("says which machine has the folder if it is another one, and does not guess", async () => {
  await using _lock = await ownFolder(folder, owner);
  await writeFile(join(folder, "server.pid"), "12\nelsewhere\n");
  await expect(ownFolder(folder, owner)).rejects.toThrow("in use by the server with process ID 12 on elsewhere:");
  await rm(join(folder, "server.pid"));
  await expect(ownFolder(folder, owner)).rejects.toThrow("in use by another server:");
});

test("a folder that cannot be used is named, with the cause and what to do", async () => {
  await writeFile(folder, "a file");
  for (const path of [folder, join(folder, "below")]) {
    const failed = ownFolder(path, owner);
    await expect(failed).rejects.toThrow(DiskError);
    await expect(failed).rejects.toThrow(
      /^The data folder \S+data(\/below)? cannot be used because .* file.*: move the file away, then start again\.$/,
    );
  }
});
