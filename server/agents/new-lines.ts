import type { Row } from "../database/tables.ts";

/** How an agent numbers its lines, so that it may send them again when an answer was lost. */
export interface LogNumbers {
  /** A UUID of the agent's process: each counts anew. */
  readonly run: string;
  /** The number of the first line that is sent, among all lines of this run and source. Starts at 1. */
  readonly first: number;
}

/**
 * Selects the lines that are not stored yet. Lines without numbers are always new, and so are those of a process that was not heard from
 * before. A gap in the numbers is accepted.
 *
 * @param source what was taken so far
 * @returns the new lines, and what will then have been taken
 */
export function newLines<T>(
  logs: readonly T[],
  numbers: LogNumbers | undefined,
  source: Pick<Row<"workspace_agent_log_sources">, "logs_run" | "logs_taken">,
): { readonly lines: readonly T[]; readonly taken: typeof source } {
  if (numbers === undefined) return { lines: logs, taken: source };
  const { run, first } = numbers;
  const has = source.logs_run === run ? source.logs_taken : 0;
  const last = first + logs.length - 1;
  return { lines: logs.slice(Math.max(0, has + 1 - first)), taken: { logs_run: run, logs_taken: Math.max(has, last) } };
}
