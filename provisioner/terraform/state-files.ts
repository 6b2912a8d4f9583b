/** The files in which Terraform leaves a state, in the directory where it ran. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isWholeState } from "./state.ts";

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
  for (const name of [ERRORED_STATE_FILE, STATE_FILE]) {
    const bytes = await readIfThere(path.join(directory, name));
    if (bytes !== undefined && (await isWholeState(bytes))) return bytes;
  }
  return undefined;
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
