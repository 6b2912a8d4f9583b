import type { Row } from "../database/tables.ts";

/** Who takes a turn: everybody has one for the jobs that they wait for, and one for those that nobody waits for. */
export type TurnKey = Pick<Row<"provisioner_job_turns">, "organization_id" | "initiator_id" | "yields">;

/** The waiting jobs of one turn. */
export interface Line extends TurnKey {
  readonly jobs: number;
  readonly last_turn: number;
  readonly waiting_since: Date;
}

/** How long a job yields to those that people wait for. Then it is like them, because nobody may wait without end. */
export const YIELDING_MS = 30 * 60_000;

/**
 * How many running jobs one person may have while somebody else waits, if the operator has not said.
 *
 * @param daemons the number of daemons that could take the next job: one of them is for others
 */
export function runningLimit(daemons: number): number {
  return Math.max(1, daemons - 1);
}

/**
 * The place of a waiting job in its organization, counted from 1: how many jobs a daemon that could take them all would have got by then, if
 * nobody added one. In each round, everybody who still waits has one turn, in the order of their last ones.
 *
 * @param inLine the job's place among those of the same turn, counted from 1
 */
export function placeOf(job: TurnKey, inLine: number, lines: readonly Line[]): number {
  const own = lines.find(
    (line) => line.organization_id === job.organization_id && line.initiator_id === job.initiator_id && line.yields === job.yields,
  );
  if (own === undefined) return inLine;
  return lines
    .filter((line) => line.organization_id === job.organization_id && (!line.yields || job.yields))
    .map((line) => {
      if (line.yields !== job.yields) return line.jobs;
      return Math.min(line.jobs, comesBefore(own, line) ? inLine - 1 : inLine);
    })
    .reduce((sum, jobs) => sum + jobs, 0);
}

function comesBefore(left: Line, right: Line): boolean {
  if (left.last_turn !== right.last_turn) return left.last_turn < right.last_turn;
  const [leftAt, rightAt] = [left.waiting_since.getTime(), right.waiting_since.getTime()];
  if (leftAt !== rightAt) return leftAt < rightAt;
  return left.initiator_id < right.initiator_id;
}
