/**
 * A copy of the last complete state, beside the template's folder. Terraform rewrites its state file in place: if it is killed while it
 * does, together with its daemon, this is the last complete state on the machine.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import { writeDurably } from "#disk/durable-file.ts";
import { readWholeState } from "./state-files.ts";

const COPY_FILE = "last-complete.tfstate";

/**
 * Replaces the copy.
 *
 * @param root the job's directory
 */
export async function writeStateCopy(root: string, state: Uint8Array): Promise<void> {
  const file = path.join(root, COPY_FILE);
  // On a full disk, for instance. An older copy must not replace what the server gets next.
  await writeDurably(file, state).catch(() => rm(file, { force: true }).catch(() => {}));
}

/** @returns undefined if there is no complete copy */
export function readStateCopy(root: string): Promise<Uint8Array | undefined> {
  return readWholeState(path.join(root, COPY_FILE));
}
