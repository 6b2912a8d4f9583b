import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pack } from "tar-stream";
import { expect, onTestFinished, test } from "vitest";
import { adoptWorkDirectory, findWorkDirectories, openWorkDirectory, unpackTemplate } from "./work-directory.ts";

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

test("is found by others unless this process runs its job, and adopted by one of them", async () => {
  const parent = await parentDirectory();
  await using work = await openWorkDirectory(parent);
  expect(await findWorkDirectories(parent)).toEqual([]);
  expect(await findWorkDirectories(path.join(parent, "none"))).toEqual([]);
  for (const name of ["job-here-41-aaaaaa", "job-there-42-bbbbbb", "somebody-elses"]) await mkdir(path.join(parent, name));
  const found = await findWorkDirectories(parent, "here");
  expect(found).toEqual([
    { root: path.join(parent, "job-here-41-aaaaaa"), pid: 41, isOurs: true },
    { root: path.join(parent, "job-there-42-bbbbbb"), pid: 42, isOurs: false },
  ]);
  const [first] = found;
  if (first === undefined) throw new Error("found nothing");
  const adopted = (await Promise.all([adoptWorkDirectory(first), adoptWorkDirectory(first)])).filter((one) => one !== undefined);
  expect(adopted).toHaveLength(1);
  expect(await findWorkDirectories(parent, "here")).toHaveLength(1);
  adopted[0]?.keep();
  await adopted[0]?.[Symbol.asyncDispose]();
  expect((await readdir(parent)).sort()).toContain(path.basename(adopted[0]?.root ?? ""));
  expect(await readdir(work.root)).toContain("template");
});
