import { writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Keeps a state that the server did not take, for its operator: nothing else knows any more what Terraform built.
 *
 * @param directory outlives the job
 * @returns the file
 */
export async function keepUndeliveredState(directory: string, jobId: string, state: Uint8Array): Promise<string> {
  const file = path.join(directory, `undelivered-${encodeURIComponent(jobId)}.tfstate`);
  await writeFile(file, state, { mode: 0o600, flush: true });
  return file;
}
