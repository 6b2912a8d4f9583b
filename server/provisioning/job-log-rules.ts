import { JOB_LOG_ERRORS_BYTES, JOB_LOG_LIMIT_BYTES, sizeOfLine } from "#proto/job-log-limit.ts";
import type { NewRow, Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";

export type NewJobLog = Omit<NewRow<"provisioner_job_logs">, "id" | "job_id">;

export interface FittedLogs {
  readonly kept: readonly NewJobLog[];
  /** The job's new `logs_length`. */
  readonly length: number;
  readonly overflowed: boolean;
}

const OVERFLOW = "The log has reached its limit of 1 MiB: later output is not kept, except errors.";
const OVERFLOW_BYTES = Buffer.byteLength(OVERFLOW);

/**
 * Decides which lines a job's log still keeps: all of them up to its limit, where a line says that others are missing, and after that only
 * errors, up to a limit of their own.
 */
export function fitJobLogs(job: Pick<Row<"provisioner_jobs">, "logs_length" | "logs_overflowed">, lines: readonly NewJobLog[]): FittedLogs {
  const kept: NewJobLog[] = [];
  let { logs_length: length, logs_overflowed: overflowed } = job;
  for (const line of lines) {
    if (overflowed && line.level !== "error") continue;
    const output = cleanText(line.output);
    const size = sizeOfLine(output);
    if (!overflowed && length + size > JOB_LOG_LIMIT_BYTES - OVERFLOW_BYTES) {
      overflowed = true;
      kept.push({ ...line, stage: cleanText(line.stage), source: "provisioner_daemon", level: "warn", output: OVERFLOW });
      length += OVERFLOW_BYTES;
      if (line.level !== "error") continue;
    }
    if (overflowed && length + size > JOB_LOG_LIMIT_BYTES + JOB_LOG_ERRORS_BYTES) continue;
    kept.push({ ...line, stage: cleanText(line.stage), output });
    length += size;
  }
  return { kept, length, overflowed };
}
