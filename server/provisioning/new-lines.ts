import type { Log, UpdateJobRequest } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";

/**
 * Selects the lines that the server does not have yet: a daemon repeats an update whose answer was lost. Lines without numbers are always
 * new. A gap in the numbers is accepted, since the daemon may have dropped lines.
 *
 * @param taken the number of the last line that the server has
 * @returns the new lines, and the number of the last line that the server has with them
 * @throws StatusError INVALID_ARGUMENT for a number that no line can have
 */
export function newLines(
  { logs, firstLog }: Pick<UpdateJobRequest, "logs" | "firstLog">,
  taken: number,
): { readonly lines: readonly Log[]; readonly taken: number } {
  if (firstLog === 0n) return { lines: logs, taken };
  if (firstLog < 0n || firstLog > BigInt(Number.MAX_SAFE_INTEGER - logs.length))
    throw new StatusError("INVALID_ARGUMENT", `${firstLog} is not a valid number for a line of a log`);
  const first = Number(firstLog);
  return { lines: logs.slice(Math.max(0, taken + 1 - first)), taken: Math.max(taken, first + logs.length - 1) };
}
