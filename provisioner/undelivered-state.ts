import { writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Saves a state that the server did not accept, for the operator: nothing else knows what Terraform has created.
 *
 * @param directory must outlive the job
 * @returns the path of the file
 */
export async function keepUndeliveredState(directory: string, jobId: string, state: Uint8Array): Promise<string> {
  const file = path.join(directory, `undelivered-${encodeURIComponent(jobId)}.tfstate`);
  await writeFile(file, state, { mode: 0o600, flush: true });
  return file;
}
