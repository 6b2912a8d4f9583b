/** Creates what a registry publishes, from the provider's executables: archives, their checksums, a manifest, and the same as a mirror. */
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { CODER_PROVIDER_ADDRESS } from "../coder/address.ts";
import { PROVIDER_VERSION } from "../coder/version.ts";
import { packageHash, sha256, zipExecutable } from "./archive.ts";
import { linkOrCopy } from "./link-or-copy.ts";
import type { Platform } from "./platform.ts";

const NAME = `terraform-provider-coder_${PROVIDER_VERSION}`;
/** A registry reads this instead of asking the program. Without it, the registry would assume protocol 5.0. */
const MANIFEST = { version: 1, metadata: { protocol_versions: ["6.0"] } };
const [, NAMESPACE = "", TYPE = ""] = CODER_PROVIDER_ADDRESS.split("/");
/** The registry hosts that are searched for `coder/coder`: the first by Terraform, the second by OpenTofu. */
export const REGISTRY_HOSTS = ["registry.terraform.io", "registry.opentofu.org"];

export interface ReleaseOptions {
  readonly executables: readonly { readonly platform: Platform; readonly path: string }[];
  /** The folder for the release. Existing archives of this provider are removed from it, and from its mirror. */
  readonly directory: string;
  /** Default: 6. */
  readonly compressionLevel?: number;
  readonly onArchive?: (archive: Archive) => void;
  readonly signal?: AbortSignal;
}

export interface Archive {
  readonly platform: Platform;
  readonly path: string;
  readonly sizeBytes: number;
  readonly milliseconds: number;
}

export interface Release {
  readonly archives: readonly Archive[];
  readonly manifest: string;
  readonly sums: string;
  /** A folder for `filesystem_mirror`, which can also be served as a `network_mirror`. */
  readonly mirror: string;
}

export async function writeRelease(options: ReleaseOptions): Promise<Release> {
  const { executables, directory, compressionLevel = 6, onArchive, signal } = options;
  await mkdir(directory, { recursive: true });
  const mirror = join(directory, "mirror");
  // Nothing else, because others may keep their own providers there.
  for (const host of REGISTRY_HOSTS) await rm(join(mirror, host, NAMESPACE, TYPE), { recursive: true, force: true });
  for (const file of await readdir(directory)) if (file.startsWith("terraform-provider-coder_")) await rm(join(directory, file));

  const archives: Archive[] = [];
  for (const { platform, path: executable } of executables) {
    const started = performance.now();
    const path = join(directory, `${NAME}_${platform.name}.zip`);
    await zipExecutable({ executable, zip: path, compressionLevel, ...(signal && { signal }) });
    const archive = { platform, path, sizeBytes: (await stat(path)).size, milliseconds: performance.now() - started };
    archives.push(archive);
    onArchive?.(archive);
  }

  const manifest = join(directory, `${NAME}_manifest.json`);
  await writeFile(manifest, `${JSON.stringify(MANIFEST, undefined, 2)}\n`);
  const sums = join(directory, `${NAME}_SHA256SUMS`);
  const files = [...archives.map(({ path }) => path), manifest].toSorted();
  const lines = await Promise.all(files.map(async (file) => `${await sha256(file)}  ${basename(file)}\n`));
  await writeFile(sums, lines.join(""));
  await writeMirrorTree(mirror, executables, archives);
  return { archives, manifest, sums, mirror };
}

/** Writes the archives and an index of them, once for each host. */
async function writeMirrorTree(mirror: string, executables: ReleaseOptions["executables"], archives: readonly Archive[]): Promise<void> {
  const index: Record<string, { url: string; hashes: string[] }> = {};
  for (const { platform, path } of archives) {
    const executable = executables.find((candidate) => candidate.platform === platform);
    const hashes = [`zh:${await sha256(path)}`, ...(executable === undefined ? [] : [await packageHash(executable.path)])];
    index[platform.name] = { url: basename(path), hashes: hashes.toSorted() };
  }
  for (const host of REGISTRY_HOSTS) {
    const directory = join(mirror, host, NAMESPACE, TYPE);
    await mkdir(directory, { recursive: true });
    for (const { path } of archives) await linkOrCopy(path, join(directory, basename(path)));
    await writeFile(join(directory, "index.json"), `${JSON.stringify({ versions: { [PROVIDER_VERSION]: {} } })}\n`);
    await writeFile(join(directory, `${PROVIDER_VERSION}.json`), `${JSON.stringify({ archives: index }, undefined, 2)}\n`);
  }
}
