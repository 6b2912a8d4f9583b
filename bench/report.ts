import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/** Wall times of one of the compared ways, in milliseconds unless the benchmark says otherwise. */
export interface Samples {
  readonly name: string;
  readonly times: readonly number[];
}

/**
 * Runs each way once to warm up, then all of them in turn, so that noise affects all of them.
 *
 * @param ways name → one run, which returns its own wall time
 */
export async function alternate(ways: Readonly<Record<string, () => Promise<number>>>, rounds: number): Promise<Samples[]> {
  const samples = Object.keys(ways).map((name) => ({ name, times: [] as number[] }));
  for (let round = -1; round < rounds; round++) {
    for (const { name, times } of samples) {
      const time = await ways[name]?.();
      if (round >= 0 && time !== undefined) times.push(time);
    }
  }
  return samples;
}

export function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError("no samples");
  return (low + high) / 2;
}

/** Describes the machine: processors, Node, commit. */
export function machine(): string {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  return `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, commit ${commit}`;
}

/** Prints one line per way: median, fastest to slowest, and the ratio to the floor, which is the first one. */
export function printSamples(title: string, samples: readonly Samples[], unit = "ms"): void {
  console.log(`${title}\n${machine()}`);
  const [floor] = samples;
  if (floor === undefined) return;
  for (const { name, times } of samples) {
    const ratio = median(times) / median(floor.times);
    const spread = `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}`;
    console.log(
      `${name.padEnd(44)} ${median(times).toFixed(0).padStart(6)} ${unit}  (${spread}, n=${times.length})  ${ratio.toFixed(2)} × floor`,
    );
  }
}
