/** Finds and ends what a job left running, where no process namespace does. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isSameProcess, type ProcessIdentity, type ProcessStat, readStat } from "#transport/process-birth.ts";
import { signalPid } from "#transport/process-group.ts";
import { isWithin } from "./view.ts";

/** The variable that marks the processes of a job. It says nothing of the job. */
export const MARK = "PROVISO_RUN";

/** The mark of a job's processes: the part of its folder's name that stays when another daemon takes it over. */
export function markOf(root: string): string {
  return root.slice(-6);
}

const PASSES = 200;
const PAUSE_MS = 10;

type Seen = ProcessIdentity & ProcessStat;

/**
 * Kills every process that has the mark in its environment, or works in the folder and has no terminal, and all that descends from one or
 * shares its group or session, again and again until two looks in a row find none: one that forks in between is found by the next look.
 *
 * What forgets its environment, its folder, its session and its parent before the first look is not found.
 *
 * @param known processes that earlier looks have found, see {@link watchLeftovers}
 */
export async function endLeftovers(mark: string, folder: string, known: Map<number, string> = new Map()): Promise<void> {
  if (process.platform !== "linux") return;
  for (let [pass, quiet] = [0, 0]; pass < PASSES && quiet < 2; pass++) {
    const found = findMarked(mark, folder, known);
    for (const each of found) if (isSameProcess(each)) signalPid(each.pid, "SIGKILL");
    quiet = found.length === 0 ? quiet + 1 : 0;
    if (quiet < 2) await sleep(PAUSE_MS);
  }
  known.clear();
}

export interface LeftoversWatch extends Disposable {
  /** Never rejects. */
  end(): Promise<void>;
}

const LOOK_MS = 100;

/** Looks at what a job starts while it runs, so that it is known by its parents even when they are gone. */
export function watchLeftovers(mark: string, folder: string): LeftoversWatch {
  const known = new Map<number, string>();
  const timer = setInterval(() => {
    if (process.platform === "linux") findMarked(mark, folder, known);
  }, LOOK_MS).unref();
  return {
    end: () => endLeftovers(mark, folder, known).catch(() => {}),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Finds them, and adds them to those that are known. This process itself is none of them, and leads to none. */
function findMarked(mark: string, folder: string, known: Map<number, string>): Seen[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []));
  const ours = new Set(all.filter((each) => known.get(each.pid) === each.birth || isMarked(each, mark, folder)).map(({ pid }) => pid));
  ours.delete(process.pid);
  const kept = new Set(all.filter(({ pid }) => pid === process.pid).flatMap(({ group, session }) => [group, session]));
  for (let before = -1; before !== ours.size; ) {
    before = ours.size;
    const related = new Set(all.filter(({ pid }) => ours.has(pid)).flatMap(({ group, session }) => [group, session]));
    for (const { pid, parent, group, session } of all) {
      if (pid === process.pid || pid === 1) continue;
      if (ours.has(parent) || [group, session].some((id) => id > 1 && related.has(id) && !kept.has(id))) ours.add(pid);
    }
  }
  const found = all.filter(({ pid }) => ours.has(pid));
  for (const { pid, birth } of found) known.set(pid, birth);
  return found;
}

function readProcess(pid: number): Seen | undefined {
  try {
    const stat = readStat(pid);
    return stat && { pid, ...stat };
  } catch {
    return undefined;
  }
}

function isMarked({ pid, terminal }: Seen, mark: string, folder: string): boolean {
  const environment = orNothing(() => readFileSync(`/proc/${pid}/environ`, "latin1"));
  if (environment.split("\0").includes(`${MARK}=${mark}`)) return true;
  // A person may sit before a terminal.
  if (terminal !== 0) return false;
  const places = ["cwd", "exe"].map((link) => orNothing(() => readlinkSync(`/proc/${pid}/${link}`)));
  return places.some((at) => isWithin(at, folder));
}

/** Of a process that has just ended, or that belongs to somebody else, there is nothing to read. */
function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
