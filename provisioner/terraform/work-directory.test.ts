import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { pack } from "tar-stream";
import { expect, onTestFinished, test } from "vitest";
import { openWorkDirectory, sweepStaleDirectories, unpackTemplate } from "./work-directory.ts";

async function parentDirectory(): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), "work-test-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return parent;
}

test("is for its owner alone, and gone at the end with all that is in it", async () => {
  const parent = path.join(await parentDirectory(), "made", "on", "demand");
  {
    await using work = await openWorkDirectory(parent);
    await writeFile(path.join(work.template, "secret"), "x");
    for (const directory of [parent, work.root, work.template]) expect((await stat(directory)).mode & 0o777).toBe(0o700);
  }
  expect(await readdir(parent)).toEqual([]);
});

test("a template can bring neither a state along nor the name of another one", async () => {
  await using work = await openWorkDirectory(await parentDirectory());
  const tar = pack();
  const states = ["terraform.tfstate", "terraform.tfstate.backup", ".terraform/terraform.tfstate", "errored.tfstate"];
  for (const name of ["main.tf", ...states, ".terraform/environment"]) tar.entry({ name }, "x");
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array));
  await unpackTemplate(Buffer.concat(chunks), work);
  expect((await readdir(work.template)).sort()).toEqual([".terraform", "main.tf"]);
  expect(await readdir(path.join(work.template, ".terraform"))).toEqual([]);
});

test("sweeps what dead daemons of this host left, and what nobody has touched for a week elsewhere", async () => {
  const parent = await parentDirectory();
  const now = Date.parse("2026-11-22T00:00:00Z");
  const dayMs = 86_400_000;
  const make = async (name: string, ageDays: number): Promise<void> => {
    await mkdir(path.join(parent, name));
    await utimes(path.join(parent, name), new Date(now - ageDays * dayMs), new Date(now - ageDays * dayMs));
  };
  await make("job-here-41-aaaaaa", 0);
  await make("job-here-42-bbbbbb", 30);
  await make("job-there-41-cccccc", 6);
  await make("job-there-41-dddddd", 8);
  await make("somebody-elses", 100);
  await sweepStaleDirectories(parent, { now: () => now, isAlive: (pid) => pid === 42, host: "here" });
  expect((await readdir(parent)).sort()).toEqual(["job-here-42-bbbbbb", "job-there-41-cccccc", "somebody-elses"]);
});

test("does not sweep the directory of a running job, nor mind a parent that is not there", async () => {
  const parent = await parentDirectory();
  await using work = await openWorkDirectory(parent);
  expect(await sweepStaleDirectories(parent, { now: Date.now, host: hostname() })).toEqual([]);
  expect(await sweepStaleDirectories(path.join(parent, "none"))).toEqual([]);
  expect(await readdir(work.root)).toEqual(["template"]);
});
