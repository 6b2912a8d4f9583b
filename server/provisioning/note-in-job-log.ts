import { redactSecrets } from "#credentials/secret.ts";
import type { Database, Tx } from "../database/database.ts";
import type { LogLevel } from "../database/tables/provisioning.ts";
import { cleanText } from "../database/text.ts";
import type { JobId } from "../ids.ts";
import { insertJobLogRows } from "./job-log-rows.ts";

/**
 * Writes a line of the server's own into a job's log, even if the job is over, or has printed more than is kept: people look there for what
 * became of the job. There are few such lines.
 */
export async function noteInJobLog(
  { now }: Pick<Database, "now">,
  tx: Tx,
  id: JobId,
  { level, stage, output }: { readonly level: LogLevel; readonly stage: string; readonly output: string },
): Promise<void> {
  await insertJobLogRows(tx.db, [
    { job_id: id, source: "provisioner_daemon", level, stage, output: redactSecrets(cleanText(output)), created_at: now() },
  ]);
  tx.publish({ kind: "job_changed", jobId: id });
}
