/** The files in which Terraform leaves a state, in the directory where it ran. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { STATE_LIMIT_BYTES } from "#tfstate/limits.ts";
import { isWholeState, StateFormatError } from "./state.ts";

/** Terraform's default name, in the directory where it runs. */
export const STATE_FILE = "terraform.tfstate";
/** Terraform writes this file if it could not write the state file, so it is the newer one. */
const ERRORED_STATE_FILE = "errored.tfstate";
/** Exists while a command has the state locked. */
export const LOCK_FILE = `.${STATE_FILE}.lock.info`;

/**
 * Returns the newest complete state.
 *
 * @returns undefined if there is none, as with a remote backend, or after Terraform was killed while it wrote
 * @throws the system's error if a file cannot be read: a state that looks missing would replace the real one
 */
export async function readNewestState(directory: string): Promise<Uint8Array | undefined> {
  const errored = await readWholeState(path.join(directory, ERRORED_STATE_FILE)).catch(() => undefined);
  return errored ?? readWholeState(path.join(directory, STATE_FILE));
}

/** @returns undefined if there is no such file, or no complete state in it. @throws like {@link readRegularFile} */
export async function readWholeState(file: string): Promise<Uint8Array | undefined> {
  const bytes = await readRegularFile(file);
  return bytes !== undefined && (await isWholeState(bytes)) ? bytes : undefined;
}

/**
 * Reads a file in a directory where the template's own programs ran: a link, a named pipe or a device could lead anywhere, and never end.
 *
 * @returns undefined if there is no such file
 * @throws the system's error, also for what is no regular file; StateFormatError for one that is larger than any state
 */
async function readRegularFile(file: string): Promise<Uint8Array | undefined> {
  try {
    await using handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const info = await handle.stat();
    if (info.isDirectory()) throw Object.assign(new Error(`${file} is a folder`), { code: "EISDIR", path: file });
    if (!info.isFile())
      throw new StateFormatError(`${path.basename(file)} is not a file: the template has put something else in its place`);
    if (info.size > STATE_LIMIT_BYTES)
      throw new StateFormatError(`the state has ${info.size} bytes, and at most ${STATE_LIMIT_BYTES} are possible`);
    return await handle.readFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
