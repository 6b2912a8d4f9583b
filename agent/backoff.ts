/**
 * How long to wait before the next try: doubling from `floorMs` to `ceilingMs`, and of that between half and all,
 * so that agents that lost one server do not all come back at the same moment.
 *
 * @param attempt failures in a row before this wait, from 0
 * @param draw in [0, 1): Math.random() in production
 */
export function backoffMs(attempt: number, { floorMs, ceilingMs }: { floorMs: number; ceilingMs: number }, draw: number): number {
  // 2^40 is past every ceiling, and keeps the product finite.
  return Math.min(ceilingMs, floorMs * 2 ** Math.min(attempt, 40)) * (0.5 + draw / 2);
}
