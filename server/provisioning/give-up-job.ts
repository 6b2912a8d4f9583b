import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { endJob } from "./end-job.ts";
import type { JobKinds } from "./job-kind.ts";
import { addServerLine } from "./server-line.ts";

/**
 * Ends a job that no daemon will end. A job that was being canceled ends as canceled, any other as failed; either way its log says why.
 *
 * @param job locked by the caller, and not over yet
 */
export async function giveUpJob(core: Database, tx: Tx, kinds: JobKinds, job: Row<"provisioner_jobs">, reason: string): Promise<void> {
  const isCanceled = job.canceled_at !== null;
  await addServerLine(core, tx, job, { level: isCanceled ? "warn" : "error", output: reason });
  await endJob(core, tx, kinds, job, { how: "given_up", error: reason });
}
