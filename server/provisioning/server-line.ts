import type { Database, Tx } from "../database/database.ts";
import type { LogLevel } from "../database/tables/provisioning.ts";
import type { Row } from "../database/tables.ts";
import { findLastStage, insertJobLogRows } from "./job-log-rows.ts";

/**
 * Adds a line of the server's own to a job's log, under the stage that the log has reached. It has its place even in a log that has reached
 * its limit: there are few such lines, and they say how the job ended.
 */
export async function addServerLine(
  { now }: Pick<Database, "now">,
  tx: Tx,
  job: Pick<Row<"provisioner_jobs">, "id">,
  { level, output }: { readonly level: LogLevel; readonly output: string },
): Promise<void> {
  const stage = (await findLastStage(tx.db, job.id)) ?? "Queued";
  await insertJobLogRows(tx.db, [{ job_id: job.id, source: "provisioner_daemon", level, stage, output, created_at: now() }]);
  tx.publish({ kind: "job_changed", jobId: job.id });
}
