/**
 * Files that count after a power cut: their content is on the disk before their name is, and their name before anybody relies on it.
 * This folder knows files, folders and what disks report, and nothing about what the files are for.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import process from "node:process";

export interface DurableFileOptions {
  /** Default: 0o600. */
  readonly mode?: number;
  /** What happens to a file that exists already: it is replaced, as a whole and at once, or it is kept. Default: replace. */
  readonly existing?: "replace" | "keep";
}

/**
 * Writes a file whose folder exists. Once the promise has resolved, a power cut cannot take the file away or leave it in part; until then,
 * and after an error, it is as it was.
 *
 * @throws the system's error, and whatever reading the content throws
 */
export async function writeDurably(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  options: DurableFileOptions = {},
): Promise<void> {
  const { mode = 0o600, existing = "replace" } = options;
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await using file = await open(draft, "wx", mode);
    await file.writeFile(content);
    await file.sync();
    // A link fails where a rename would overwrite: of several processes, one creates the file.
    if (existing === "keep") await link(draft, path).catch(unlessExists);
    else await rename(draft, path);
    // Also if another process created it, which may not have come this far.
    await syncPath(dirname(path));
  } finally {
    await rm(draft, { force: true });
  }
}

/** Gives a complete file its name, with the same promise as {@link writeDurably}: for files that another program has written. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await syncPath(from);
  await rename(from, to);
  await syncPath(dirname(to));
}

/** Creates a folder, and those above it that are missing. The mode is that of all of them. Default: 0o700 */
export async function createFolderDurably(path: string, mode = 0o700): Promise<void> {
  const created = await mkdir(path, { recursive: true, mode });
  if (created === undefined) return;
  const first = resolve(created);
  for (let each = resolve(path); ; each = dirname(each)) {
    await syncPath(dirname(each));
    if (each === first) return;
  }
}

/** Waits until a file's content, or a folder's list of names, is on the disk. */
export async function syncPath(path: string): Promise<void> {
  // Windows opens no folders, and syncs no file that is open for reading only. Its file system keeps a journal of names.
  if (process.platform === "win32") return;
  await using opened = await open(path);
  await opened.sync();
}

function unlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
