import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { insertJobLogRows } from "./job-log-rows.ts";
import { fitJobLogs, type NewJobLog } from "./job-log-rules.ts";
import { updateJobRow } from "./queue-rows.ts";

/**
 * Adds lines to a job's log, as far as it keeps them.
 *
 * @param job locked by the caller, so that two concurrent appends do not count the length wrong
 */
export async function appendJobLogs(
  { now }: Database,
  tx: Tx,
  job: Pick<Row<"provisioner_jobs">, "id" | "logs_length" | "logs_overflowed">,
  lines: readonly NewJobLog[],
): Promise<void> {
  const { kept, length, overflowed } = fitJobLogs(job, lines);
  if (kept.length === 0) return;
  await insertJobLogRows(
    tx.db,
    kept.map((line) => ({ ...line, job_id: job.id })),
  );
  await updateJobRow(tx.db, job.id, { logs_length: length, logs_overflowed: overflowed, updated_at: now() });
  tx.publish({ kind: "job_changed", jobId: job.id });
}
