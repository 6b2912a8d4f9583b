import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { PROVIDER_VERSION } from "../coder/version.ts";
import { findNode } from "./node-binary.ts";
import { findPlatform, PLATFORMS, type Platform } from "./platform.ts";
import { writeRelease } from "./release.ts";
import { ReleaseError } from "./release-error.ts";
import { stripElf } from "./strip-elf.ts";

const V = PROVIDER_VERSION;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "release-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes stand-ins for executables, because packing does not depend on the contents. */
async function executablesIn(folder: string): Promise<{ platform: Platform; path: string }[]> {
  return Promise.all(
    PLATFORMS.map(async (platform) => {
      const path = join(folder, platform.name, `terraform-provider-coder_v${V}${platform.extension}`);
      await mkdir(join(folder, platform.name), { recursive: true });
      await writeFile(path, `the program for ${platform.name}\n`.repeat(100));
      return { platform, path };
    }),
  );
}

test("a release has the registry's files, with a checksum for each archive and for the manifest", async () => {
  const directory = await temporaryFolder();
  await writeFile(join(directory, `terraform-provider-coder_1.0.0_linux_amd64.zip`), "of an earlier release");
  await writeRelease({ executables: await executablesIn(directory), directory });
  const names = PLATFORMS.map(({ name }) => `terraform-provider-coder_${V}_${name}.zip`);
  const manifest = `terraform-provider-coder_${V}_manifest.json`;
  const files = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(files.toSorted()).toEqual([...names, manifest, `terraform-provider-coder_${V}_SHA256SUMS`].toSorted());
  expect(JSON.parse(await readFile(join(directory, manifest), "utf8"))).toEqual({ version: 1, metadata: { protocol_versions: ["6.0"] } });

  const sums = (await readFile(join(directory, `terraform-provider-coder_${V}_SHA256SUMS`), "utf8")).trimEnd().split("\n");
  expect(sums.map((line) => line.slice(66))).toEqual([...names, manifest].toSorted());
  for (const line of sums) {
    const content = await readFile(join(directory, line.slice(66)));
    expect(line.slice(0, 64)).toBe(createHash("sha256").update(content).digest("hex"));
  }
});

test("files that do not belong to this provider stay", async () => {
  const directory = await temporaryFolder();
  const others = ["mirror/notes.txt", "mirror/registry.terraform.io/acme/widget/index.json", "terraform-provider-widget_1.0.0.zip"];
  for (const file of others) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), "somebody else's");
  }
  const stale = join(directory, "mirror/registry.terraform.io/coder/coder/1.0.0.json");
  await mkdir(dirname(stale), { recursive: true });
  await writeFile(stale, "of an earlier release");
  await writeRelease({ executables: await executablesIn(directory), directory });
  for (const file of others) expect(await readFile(join(directory, file), "utf8")).toBe("somebody else's");
  await expect(readFile(stale)).rejects.toThrow("ENOENT");
});

test("an archive contains only the executable, with a name and a mode that Terraform runs", async () => {
  const directory = await temporaryFolder();
  const { archives } = await writeRelease({ executables: await executablesIn(directory), directory });
  for (const { platform, path } of archives) {
    const zip = await readFile(path);
    const end = zip.subarray(-22);
    expect(end.readUInt16LE(10), "entries").toBe(1);
    const entry = zip.subarray(end.readUInt32LE(16));
    expect(entry.toString("latin1", 46, 46 + entry.readUInt16LE(28))).toBe(`terraform-provider-coder_v${V}${platform.extension}`);
    expect((entry.readUInt32LE(38) >>> 16).toString(8)).toBe("100755");
    const content = zip.subarray(30 + zip.readUInt16LE(26) + zip.readUInt16LE(28), end.readUInt32LE(16));
    expect(inflateRawSync(content).toString().split("\n")[0]).toBe(`the program for ${platform.name}`);
  }
});

test("the same executables give the same archives at any time, in every time zone", async () => {
  const directory = await temporaryFolder();
  const executables = await executablesIn(directory);
  const sums = async (): Promise<string> => readFile((await writeRelease({ executables, directory })).sums, "utf8");
  const first = await sums();
  const zone = process.env.TZ;
  onTestFinished(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  process.env.TZ = zone === "Asia/Tokyo" ? "UTC" : "Asia/Tokyo";
  for (const { path } of executables) await writeFile(path, await readFile(path));
  expect(await sums()).toBe(first);
});

test("a platform whose Node npm does not have gives a one-line error that names the package", async () => {
  const platform = findPlatform("linux_arm64");
  if (platform === undefined) throw new Error("no such platform");
  const cache = await temporaryFolder();
  const fetched = findNode({ ...platform, nodePackage: "./no-such-folder" }, { cache });
  await expect(fetched).rejects.toThrow(ReleaseError);
  await expect(fetched).rejects.toThrow(/^cannot download Node \d+\.\d+\.\d+ for linux_arm64: npm pack [^\n]*$/);
  expect(await readdir(cache)).toEqual([]);
});

test("Node is not downloaded a second time", async () => {
  const platform = findPlatform("linux_arm64");
  if (platform === undefined) throw new Error("no such platform");
  const cache = await temporaryFolder();
  const kept = join(cache, `${platform.nodePackage}-${process.versions.node}`);
  await writeFile(kept, "");
  expect(await findNode(platform, { cache })).toBe(kept);
});

for (const { what, file } of [
  { what: "a script", file: Buffer.from("#!/bin/sh\n") },
  { what: "a Windows program", file: Buffer.from("MZ\x90\0") },
  { what: "an ELF file without sections", file: Buffer.concat([Buffer.from("\x7fELF\x02\x01", "latin1"), Buffer.alloc(58)]) },
]) {
  test(`stripping leaves ${what} as it is`, () => expect(stripElf(file)).toBe(file));
}
