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
