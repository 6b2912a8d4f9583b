import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PreparedTemplates } from "./prepared-templates.ts";

async function openPrepared() {
  const directory = await mkdtemp(path.join(tmpdir(), "prepared-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const below = path.join(directory, "prepared");
  return { directory: below, prepared: new PreparedTemplates(below) };
}

const archive = Buffer.from("a template");

test("remembers a template by its content and by Terraform's version", async () => {
  const { prepared, directory } = await openPrepared();
  expect(await prepared.find(archive, "1.11.4")).toBeUndefined();
  await prepared.remember(archive, "1.11.4", { graph: "digraph {}" });
  expect(await prepared.find(Buffer.from("a template"), "1.11.4")).toEqual({ graph: "digraph {}" });
  expect(await prepared.find(Buffer.from("another"), "1.11.4")).toBeUndefined();
  expect(await prepared.find(archive, "1.12.0")).toBeUndefined();
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test("forgets after thirty days", async () => {
  const { prepared, directory } = await openPrepared();
  await prepared.sweep(Date.now());
  await prepared.remember(archive, "1.11.4", { graph: "digraph {}" });
  await prepared.sweep(Date.now() + 29 * 86_400_000);
  expect(await readdir(directory)).toHaveLength(1);
  await prepared.sweep(Date.now() + 31 * 86_400_000);
  expect(await readdir(directory)).toEqual([]);
});
