import { createWriteStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeDurably } from "#disk/durable-file.ts";
import { CliError } from "./failure.ts";

/** Writes a state to where the user wants it. */
export type WriteState = (content: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Finds out how to write to a path before anything is asked of the server. A regular file, also one behind a link, is replaced as a whole and
 * survives a power cut; a named pipe or a device gets the bytes as they come.
 *
 * @throws CliError for a folder, and for a file in a folder that does not exist
 */
export async function openStateFile(path: string): Promise<WriteState> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    const folder = dirname(path);
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw new CliError(`the folder ${folder} does not exist`);
    return (content) => writeDurably(path, content);
  }
  if (found.isDirectory()) throw new CliError(`${path} is a folder: name a file in it`);
  if (!found.isFile()) return (content) => pipeline(content, createWriteStream(path));
  const file = await realpath(path);
  return (content) => writeDurably(file, content);
}
