import fs from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { readSources } from "../scripts/sources.ts";
import { createFolderDurably, renameDurably, syncPath, writeDurably } from "./durable-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-durable-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

/** Records what is synced and named, in order. Names of drafts are shortened. */
function recordSteps(): string[] {
  const steps: string[] = [];
  const { open, rename, link, mkdir } = fs.promises;
  const short = (path: unknown): string => basename(String(path)).replace(/\.[0-9a-f]{12}$/, ".draft");
  const patched = {
    open: async (...args: Parameters<typeof open>) => {
      const file = await open(...args);
      const sync = file.sync.bind(file);
      file.sync = async () => {
        await sync();
        steps.push(`sync ${short(args[0])}`);
      };
      return file;
    },
    rename: async (...args: Parameters<typeof rename>) => {
      await rename(...args);
      steps.push(`rename ${short(args[0])} ${short(args[1])}`);
    },
    link: async (...args: Parameters<typeof link>) => {
      await link(...args);
      steps.push(`link ${short(args[0])} ${short(args[1])}`);
    },
  };
  Object.assign(fs.promises, patched);
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(fs.promises, { open, rename, link, mkdir });
    syncBuiltinESMExports();
  });
  return steps;
}

test("a file's content is on the disk before its name, and its name before it counts", async () => {
  const steps = recordSteps();
  await writeDurably(join(folder, "session"), "secret");
  expect(steps).toEqual(["sync session.draft", "rename session.draft session", `sync ${basename(folder)}`]);
  expect(await readFile(join(folder, "session"), "utf8")).toBe("secret");
  expect((await stat(join(folder, "session"))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["session"]);
});

test("a file that exists is replaced at once, with a new mode and not through a link, or it is kept", async () => {
  await writeFile(join(folder, "other"), "other", { mode: 0o644 });
  await symlink(join(folder, "other"), join(folder, "file"));
  await writeDurably(join(folder, "file"), Buffer.from("new"), { mode: 0o640 });
  expect((await stat(join(folder, "file"))).mode & 0o777).toBe(0o640);
  expect(await readFile(join(folder, "other"), "utf8")).toBe("other");

  const steps = recordSteps();
  await writeDurably(join(folder, "file"), "newer", { existing: "keep" });
  expect(await readFile(join(folder, "file"), "utf8")).toBe("new");
  // Whoever created it may not have synced the folder yet.
  expect(steps.at(-1)).toBe(`sync ${basename(folder)}`);
  expect(await readdir(folder)).toEqual(["file", "other"]);
});

test("after an error nothing has changed, and no draft is left", async () => {
  await fs.promises.mkdir(join(folder, "file"));
  await expect(writeDurably(join(folder, "file"), "x")).rejects.toMatchObject({ code: "EISDIR" });
  await expect(writeDurably(join(folder, "none", "file"), "x")).rejects.toMatchObject({ code: "ENOENT" });
  expect(await readdir(folder)).toEqual(["file"]);
});

test("a file of another program is synced before it gets its name", async () => {
  await writeFile(join(folder, "output"), "program");
  const steps = recordSteps();
  await renameDurably(join(folder, "output"), join(folder, "program"));
  expect(steps).toEqual(["sync output", "rename output program", `sync ${basename(folder)}`]);
});

test("new folders are on the disk, each in the one above it", async () => {
  const steps = recordSteps();
  await createFolderDurably(join(folder, "a", "b", "c"));
  expect(steps).toEqual(["sync b", "sync a", `sync ${basename(folder)}`]);
  expect((await stat(join(folder, "a"))).mode & 0o777).toBe(0o700);
  await createFolderDurably(join(folder, "a", "b", "c"));
  expect(steps).toHaveLength(3);
  await syncPath(join(folder, "a"));
});

test("server and CLI write and rename files only through this folder", () => {
  const writers = readSources(join(import.meta.dirname, ".."), ["server", "cli"])
    .filter(({ text }) => /\b(?:writeFile|appendFile|rename|copyFile|createWriteStream|writeSync)(?:Sync)?\(/.test(text))
    .map(({ file }) => file);
  // It also writes to named pipes and devices, which keep nothing.
  expect(writers).toEqual(["cli/state-file.ts"]);
});

test("what comes in pieces replaces the older file only if all of it came", async () => {
  const path = join(folder, "a");
  const pieces = async function* (...parts: string[]): AsyncGenerator<Uint8Array> {
    for (const part of parts) {
      if (part === "!") throw new Error("the connection broke");
      yield Buffer.from(part);
    }
  };
  await writeDurably(path, pieces("one ", "two"));
  await expect(writeDurably(path, pieces("three ", "!"))).rejects.toThrow("the connection broke");
  expect([await readFile(path, "utf8"), await readdir(folder)]).toEqual(["one two", ["a"]]);
});
