/** What runs on this machine, read from /proc. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Name of the executable, or empty if it cannot be read. */
  readonly program: string;
  /** The current directory, or empty if it cannot be read. */
  readonly directory: string;
  readonly command: string;
}

/** Every process but those that are dead and only wait to be collected. */
export function readProcesses(): ProcessEntry[] {
  return readdirSync("/proc").flatMap((name) => {
    const entry = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    return entry === undefined ? [] : [entry];
  });
}

function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    const program = basename(link(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, "");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return { pid, parent: Number(parent), program, directory: link(`/proc/${pid}/cwd`), command };
  } catch {
    // It ended in the meantime.
    return undefined;
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

export interface ProcessWatch extends Disposable {
  /** A Terraform whose directory is inside the folder. */
  terraforms(folder: string): ProcessEntry[];
  /** Guards of Terraform that descend, or descended when they were first seen, from one of these processes. */
  guards(ancestors: ReadonlySet<number>): ProcessEntry[];
}

/** Many worlds ask at once, and a look takes milliseconds. */
const FRESH_MS = 15;

/** Looks in intervals too, because a process whose parent has died no longer says whose it was. */
export function watchProcesses(intervalMs = 250): ProcessWatch {
  /** Guard → the ancestors that it had when it was first seen. */
  const families = new Map<number, ReadonlySet<number>>();
  let [entries, readAt]: [readonly ProcessEntry[], number] = [[], Number.NEGATIVE_INFINITY];
  const now = (): readonly ProcessEntry[] => {
    if (performance.now() - readAt < FRESH_MS) return entries;
    readAt = performance.now();
    entries = readProcesses();
    const parents = new Map(entries.map(({ pid, parent }) => [pid, parent]));
    for (const { pid } of entries.filter(isGuard)) if (!families.has(pid)) families.set(pid, new Set(ancestorsOf(pid, parents)));
    for (const pid of families.keys()) if (!parents.has(pid)) families.delete(pid);
    return entries;
  };
  const timer = setInterval(now, intervalMs);
  return {
    terraforms: (folder) => now().filter(({ program, directory }) => program === "terraform" && directory.startsWith(`${folder}/`)),
    guards: (ancestors) =>
      now().filter((entry) => isGuard(entry) && [...(families.get(entry.pid) ?? [])].some((ancestor) => ancestors.has(ancestor))),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function isGuard({ command }: ProcessEntry): boolean {
  return /\bproviso-(orphan-)?guard\b/.test(command);
}

function* ancestorsOf(pid: number, parents: ReadonlyMap<number, number>): Generator<number> {
  for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at)) yield at;
}

/** Whether Terraform changes something, and does not only read or plan. */
export function isApplying({ command }: ProcessEntry): boolean {
  return / apply /.test(`${command} `);
}

/** Sends a signal to a process that may have ended. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
