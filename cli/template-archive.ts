/**
 * Packs a template folder for upload. It only deals with files: Terraform interprets the template, on the server's side.
 */
import type { Dirent } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Pack } from "tar-stream";
import { CliError } from "./failure.ts";

/** Limit for the whole tar stream. It is upstream's limit, so that a template that we accept also fits there. */
export const ARCHIVE_LIMIT_BYTES = 1_048_576;

const TAR_BLOCK_BYTES = 512;
const END_OF_ARCHIVE_BYTES = 2 * TAR_BLOCK_BYTES;
const LOCK_FILE = ".terraform.lock.hcl";

export interface TemplateArchive {
  readonly bytes: Buffer;
  readonly hasLockFile: boolean;
  /** Variable files that were left out because they contain the user's own values: names relative to the folder, in Terraform's order. */
  readonly variableFiles: readonly string[];
}

/**
 * Reads a template folder into a tar archive.
 *
 * Left out are names that start with a dot (except Terraform's lock file), paths that contain `.tfstate`, and variable files.
 * Symbolic links are packed as links and never followed, so that nothing outside the folder is included.
 *
 * @throws CliError if the folder is missing, has no `*.tf` file at its top level, or packs to more than {@link ARCHIVE_LIMIT_BYTES}
 */
export async function packTemplate(folder: string): Promise<TemplateArchive> {
  const root = resolve(folder);
  const top = await readdir(root).catch((cause: unknown) => {
    throw new CliError(`${root} is not a readable folder`, { cause });
  });
  if (!top.some((name) => name.endsWith(".tf") || name.endsWith(".tf.json"))) {
    throw new CliError(`${root} does not contain a template: it has no .tf or .tf.json file`);
  }

  // Loaded here because only `templates push` needs it, and every command loads this file.
  const { pack } = await import("tar-stream");
  const packing: Packing = { archive: pack(), root, sizeBytes: 0, variableFiles: [] };
  const bytes = buffer(packing.archive);
  try {
    await addFolder(packing, "");
  } catch (error) {
    packing.archive.destroy();
    await bytes.catch(() => {});
    throw error;
  }
  packing.archive.finalize();
  return { bytes: await bytes, hasLockFile: top.includes(LOCK_FILE), variableFiles: orderVariableFiles(packing.variableFiles) };
}

interface Packing {
  readonly archive: Pack;
  readonly root: string;
  readonly variableFiles: string[];
  sizeBytes: number;
}

async function addFolder(packing: Packing, folder: string): Promise<void> {
  const entries = await readdir(join(packing.root, folder), { withFileTypes: true });
  // Sorted, so that the same folder packs to the same bytes and the server finds the upload it already has.
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") && entry.name !== LOCK_FILE) continue;
    if (path.includes(".tfstate")) continue;
    if (isVariableFile(path)) {
      packing.variableFiles.push(path);
      continue;
    }
    await addEntry(packing, path, entry);
    if (entry.isDirectory()) await addFolder(packing, path);
  }
}

async function addEntry(packing: Packing, path: string, entry: Dirent): Promise<void> {
  const source = join(packing.root, path);
  const { mode, size } = await lstat(source);
  packing.sizeBytes += TAR_BLOCK_BYTES + (entry.isFile() ? Math.ceil(size / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES : 0);
  // Checked before reading, so that a forgotten disk image is not loaded into memory.
  if (packing.sizeBytes + END_OF_ARCHIVE_BYTES > ARCHIVE_LIMIT_BYTES) {
    throw new CliError(`the archive is too big: the limit is ${ARCHIVE_LIMIT_BYTES} bytes`, {
      details: [`The limit was exceeded at ${path}. To leave a file out, give it a name that starts with a dot.`],
    });
  }
  // The server needs neither owner nor time, and both would change the bytes of an unchanged template.
  const header = { mode: mode & 0o777, mtime: new Date(0) };
  if (entry.isSymbolicLink()) packing.archive.entry({ ...header, name: path, type: "symlink", linkname: await readlink(source) });
  else if (entry.isDirectory()) packing.archive.entry({ ...header, name: `${path}/`, type: "directory" });
  else if (entry.isFile()) packing.archive.entry({ ...header, name: path }, await readFile(source));
}

function isVariableFile(path: string): boolean {
  return path === "terraform.tfvars" || path === "terraform.tfvars.json" || /\.auto\.tfvars(\.json)?$/.test(path);
}

/** Sorts as Terraform does, where later files win: the two fixed names first, then the automatic ones by name. */
function orderVariableFiles(paths: readonly string[]): string[] {
  const rank = (path: string) => (path === "terraform.tfvars" ? 0 : path === "terraform.tfvars.json" ? 1 : 2);
  return [...paths].sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
}
