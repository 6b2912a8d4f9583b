import type { Database, Tx } from "../database/database.ts";
import type { NewRow, Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { insertJobLogRows } from "./job-log-rows.ts";
import { updateJobRow } from "./queue-rows.ts";

export type NewJobLog = Omit<NewRow<"provisioner_job_logs">, "id" | "job_id">;

/** The maximum size of one job's log output, in bytes. */
export const JOB_LOG_LIMIT_BYTES = 1 << 20;
const OVERFLOW = "The log has reached its limit of 1 MiB: later output is not kept.";

/**
 * Adds lines to a job's log. The first line that does not fit is replaced by a line that says so, and the rest is dropped.
 *
 * @param job locked by the caller, so that two concurrent appends do not count the length wrong
 */
export async function appendJobLogs(
  { now }: Database,
  tx: Tx,
  job: Pick<Row<"provisioner_jobs">, "id" | "logs_length" | "logs_overflowed">,
  lines: readonly NewJobLog[],
): Promise<void> {
  if (job.logs_overflowed || lines.length === 0) return;
  const kept: NewJobLog[] = [];
  let length = job.logs_length;
  let overflowed = false;
  for (const line of lines) {
    const output = cleanText(line.output);
    const size = Buffer.byteLength(output);
    overflowed = length + size > JOB_LOG_LIMIT_BYTES - Buffer.byteLength(OVERFLOW);
    kept.push(overflowed ? { ...line, source: "provisioner_daemon", level: "warn", output: OVERFLOW } : { ...line, output });
    length += overflowed ? Buffer.byteLength(OVERFLOW) : size;
    if (overflowed) break;
  }
  await insertJobLogRows(
    tx.db,
    kept.map((line) => ({ ...line, job_id: job.id, stage: cleanText(line.stage) })),
  );
  await updateJobRow(tx.db, job.id, { logs_length: length, logs_overflowed: overflowed, updated_at: now() });
  tx.publish({ kind: "job_changed", jobId: job.id });
}
