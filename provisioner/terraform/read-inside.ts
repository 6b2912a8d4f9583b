import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import path from "node:path";
import { ARCHIVE_LIMIT_BYTES } from "#proto/archive-limit.ts";

/**
 * Reads a text file in a template's folder, where the template's own code may have put a link to anywhere, or a named pipe on which a read
 * never ends: what is outside of the folder, no file, or larger than an archive is not there for us.
 *
 * @returns undefined if there is no such file inside, or if it cannot be read
 */
export async function readInside(directory: string, ...names: readonly string[]): Promise<string | undefined> {
  return (await readBytesInside(directory, ...names))?.toString("utf8");
}

export async function readBytesInside(directory: string, ...names: readonly string[]): Promise<Buffer | undefined> {
  try {
    const [root, file] = await Promise.all([realpath(directory), realpath(path.join(directory, ...names))]);
    if (!file.startsWith(root + path.sep)) return undefined;
    await using handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const info = await handle.stat();
    return info.isFile() && info.size <= ARCHIVE_LIMIT_BYTES ? await handle.readFile() : undefined;
  } catch {
    return undefined;
  }
}
