/**
 * The time since the machine started, which nobody sets, in milliseconds. It is the same clock in every process of the machine, unlike
 * `performance.now()`, so that one process can tell another when something is due.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
