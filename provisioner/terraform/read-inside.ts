import { readFile, realpath } from "node:fs/promises";
import path from "node:path";

/**
 * Reads a text file in a template's folder, where the template's own code may have put a link to anywhere: what is outside of the folder is
 * not there for us.
 *
 * @returns undefined if there is no such file inside, or if it cannot be read
 */
export async function readInside(directory: string, ...names: readonly string[]): Promise<string | undefined> {
  return (await readBytesInside(directory, ...names))?.toString("utf8");
}

export async function readBytesInside(directory: string, ...names: readonly string[]): Promise<Buffer | undefined> {
  try {
    const [root, file] = await Promise.all([realpath(directory), realpath(path.join(directory, ...names))]);
    return file.startsWith(root + path.sep) ? await readFile(file) : undefined;
  } catch {
    return undefined;
  }
}
