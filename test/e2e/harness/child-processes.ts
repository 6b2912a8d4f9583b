import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

export interface ChildProcess {
  /** Its arguments, each ended by a NUL. */
  readonly command: string;
  /** `NAME=value`, each ended by a NUL. */
  readonly environment: string;
}

/** Looks at all descendants of a process until `signal` is aborted. Returns each as it was last seen, by its number and command. */
export async function watchChildren(pid: number, signal: AbortSignal): Promise<ReadonlyMap<string, ChildProcess>> {
  const seen = new Map<string, ChildProcess>();
  while (!signal.aborted) {
    const parents = new Map(
      readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map((name) => [Number(name), parentOf(name)]),
    );
    const isBelow = (one: number): boolean => {
      const parent = parents.get(one);
      return parent !== undefined && parent !== 0 && (parent === pid || isBelow(parent));
    };
    for (const one of parents.keys()) {
      if (!isBelow(one)) continue;
      const command = ofProcess(one, "cmdline");
      // Between fork and exec, a child still looks like its parent.
      if (command !== "" && command !== ofProcess(pid, "cmdline"))
        seen.set(`${one} ${command}`, { command, environment: ofProcess(one, "environ") });
    }
    await delay(20);
  }
  return seen;
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(ofProcess(Number(pid), "status"))?.[1] ?? 0);
}

/** Empty if the process has ended. */
function ofProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
