import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CliError } from "./failure.ts";
import { ARCHIVE_LIMIT_BYTES, packTemplate } from "./template-archive.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-archive-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function listEntries(bytes: Buffer): Promise<string[]> {
  const entries: string[] = [];
  for await (const entry of Readable.from([bytes]).pipe(extract())) {
    const { name, type, linkname } = entry.header;
    entries.push(type === "symlink" ? `${name} -> ${linkname}` : name);
    entry.resume();
  }
  return entries;
}

test("packs what Terraform needs and leaves out what is private or made by it", async () => {
  await write({
    "main.tf": "",
    ".terraform.lock.hcl": "",
    ".git/config": "",
    ".env": "",
    ".terraformignore": "modules",
    ".terraform/providers/x": "",
    "terraform.tfstate": "",
    "terraform.tfstate.backup": "",
    "terraform.tfvars": "",
    "terraform.tfvars.json": "{}",
    "b.auto.tfvars": "",
    "modules/net/a.auto.tfvars.json": "{}",
    "modules/net/net.tf": "",
    "modules/net/terraform.tfvars": "",
    "modules/net/.terraform.lock.hcl": "",
    "modules/net/.hidden/x.tf": "",
    "build/Dockerfile": "",
  });
  const archive = await packTemplate(folder);
  expect(await listEntries(archive.bytes)).toEqual([
    ".terraform.lock.hcl",
    "build/",
    "build/Dockerfile",
    "main.tf",
    "modules/",
    "modules/net/",
    "modules/net/.terraform.lock.hcl",
    "modules/net/net.tf",
    "modules/net/terraform.tfvars",
  ]);
  expect(archive).toMatchObject({
    hasLockFile: true,
    variableFiles: ["terraform.tfvars", "terraform.tfvars.json", "b.auto.tfvars", "modules/net/a.auto.tfvars.json"],
  });
});

test("packs a link as a link and does not follow it out of the folder", async () => {
  await write({ "main.tf": "" });
  await symlink("/etc", join(folder, "etc"));
  expect(await listEntries((await packTemplate(folder)).bytes)).toEqual(["etc -> /etc", "main.tf"]);
});

test("packs the same folder to the same bytes", async () => {
  await write({ "main.tf": "a", "scripts/b.sh": "b" });
  const first = await packTemplate(folder);
  await write({ "main.tf": "a" });
  expect((await packTemplate(folder)).bytes).toEqual(first.bytes);
});

test("takes a template in JSON", async () => {
  await write({ "main.tf.json": "{}" });
  expect(await listEntries((await packTemplate(folder)).bytes)).toEqual(["main.tf.json"]);
});

for (const { what, files } of [
  { what: "an empty folder", files: {} },
  { what: "a folder whose only template lies deeper", files: { "modules/main.tf": "" } },
]) {
  test(`refuses ${what}, and names it`, async () => {
    await write(files);
    await expect(packTemplate(folder)).rejects.toThrow(`${folder} does not contain a template`);
  });
}

test("refuses a folder that is not there", async () => {
  await expect(packTemplate(join(folder, "missing"))).rejects.toThrow(CliError);
});

// Header, padded content, and two blocks at the end.
const LARGEST_CONTENT = ARCHIVE_LIMIT_BYTES - 512 - 1024;

test("packs up to the limit and not a byte more", async () => {
  await write({ "main.tf": "x".repeat(LARGEST_CONTENT) });
  expect((await packTemplate(folder)).bytes).toHaveLength(ARCHIVE_LIMIT_BYTES);
  await write({ "main.tf": "x".repeat(LARGEST_CONTENT + 1) });
  await expect(packTemplate(folder)).rejects.toThrow("the archive is too big: the limit is 1048576 bytes");
});
