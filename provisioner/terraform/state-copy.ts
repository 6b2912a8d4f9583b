/**
 * A copy of the last complete state, beside the template's folder. Terraform rewrites its state file in place: if it is killed while it
 * does, together with its daemon, this is the last complete state on the machine.
 */
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { isWholeState } from "./state.ts";
import { readRegularFile } from "./state-files.ts";

const COPY_FILE = "last-complete.tfstate";

/**
 * Replaces the copy. It is not synced, so a power cut may take it: a copy that is not complete is none.
 *
 * @param root the job's directory
 */
export async function writeStateCopy(root: string, state: Uint8Array): Promise<void> {
  const file = path.join(root, COPY_FILE);
  try {
    await writeFile(`${file}.new`, state, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch {
    // On a full disk, for instance. An older copy must not replace what the server gets next.
    await Promise.all([file, `${file}.new`].map((name) => rm(name, { force: true }).catch(() => {})));
  }
}

/** @returns undefined if there is no complete copy */
export async function readStateCopy(root: string): Promise<Uint8Array | undefined> {
  const copy = await readRegularFile(path.join(root, COPY_FILE));
  return copy !== undefined && (await isWholeState(copy)) ? copy : undefined;
}
