import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file that only its owner can read, and replaces an older one only once all of it is on disk.
 *
 * @throws whatever reading the content throws; the older file, if any, is then still there
 */
export async function writePrivateFile(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await using file = await open(part, "w", 0o600);
    // The file may be left over from a process with the same number.
    await file.chmod(0o600);
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await rename(part, path);
  await syncFolder(dirname(path));
}

/** Without this, a power cut may take back the new name. Windows cannot open a folder, and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await using folder = await open(path, "r");
  await folder.sync();
}
