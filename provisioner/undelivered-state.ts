import path from "node:path";
import { writeDurably } from "#disk/durable-file.ts";
import { scrubState } from "#tfstate/scrub-state.ts";

/**
 * Saves a state that the server did not accept, for the operator: nothing else knows what Terraform has created. It is
 * kept without what must not be stored, also where an older daemon has left it with that.
 *
 * @param directory must outlive the job
 * @returns the path of the file
 */
export async function keepUndeliveredState(directory: string, jobId: string, state: Uint8Array): Promise<string> {
  const file = path.join(directory, `undelivered-${encodeURIComponent(jobId)}.tfstate`);
  await writeDurably(file, await scrubState(state));
  return file;
}
