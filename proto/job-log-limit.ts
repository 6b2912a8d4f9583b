/** How much of a job's output a server keeps. Daemons know it too, so that they do not send what cannot be kept. */
export const JOB_LOG_LIMIT_BYTES = 1 << 20;

/** What a server keeps in addition, of errors alone: they come last, and are what people look for. */
export const JOB_LOG_ERRORS_BYTES = 64 << 10;

/** A line takes a row, however short it is. */
const LEAST_LINE_BYTES = 16;

/** What a line counts against the limit of a job's log, in bytes. So 1 MiB holds at most 65,536 lines. */
export function sizeOfLine(output: string): number {
  return Math.max(Buffer.byteLength(output), LEAST_LINE_BYTES);
}
