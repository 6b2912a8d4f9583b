import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/**
 * Tells one process from another that gets the same number later: in a container, every start of a program may have the same one.
 *
 * @returns when the process started, in a form to compare on this machine, across restarts of it; undefined if it has ended
 */
export function processBirth(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return undefined;
  }
  if (process.platform !== "linux") return psBirth(pid);
  try {
    return readStat(pid)?.birth;
  } catch {
    // It may only be that we cannot look, for example because there are too many open files: then it counts as alive.
    return UNKNOWN;
  }
}

/** What Linux says of a running process. */
export interface ProcessStat {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Zero if it has none. */
  readonly terminal: number;
  /** As of {@link processBirth}. */
  readonly birth: string;
}

/**
 * Reads `/proc/PID/stat`, which only Linux has.
 *
 * @returns undefined if the process has ended, also if nobody has waited for it yet
 * @throws the system's error if it cannot be read for another reason
 */
export function readStat(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
  // The name, in parentheses, may contain anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group, session, terminal] = fields;
  if (state === "Z" || state === "X") return undefined;
  return {
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    terminal: Number(terminal),
    birth: `${boot()} ${fields[19] ?? ""}`,
  };
}

/** Of a process that is there, and of which nothing else is known. */
const UNKNOWN = "unknown";

/** A process, and when it started: its number alone may belong to another one by now. */
export interface ProcessIdentity {
  readonly pid: number;
  /** What {@link processBirth} said of it; empty if it had ended by then. */
  readonly birth: string;
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, birth: processBirth(pid) ?? "" };
}

/** Whether this very process still runs. In doubt it does: whoever asks would end what it does, or take what it has. */
export function isSameProcess({ pid, birth }: ProcessIdentity): boolean {
  const now = processBirth(pid);
  return now !== undefined && birth !== "" && (now === birth || now === UNKNOWN || birth === UNKNOWN);
}

/** Whether a process of this birth can be one of this machine since it started; in doubt it can. Other numbers mean other processes here. */
export function isOfThisBoot(birth: string): boolean {
  return process.platform !== "linux" || birth === UNKNOWN || birth.startsWith(`${boot()} `);
}

function psBirth(pid: number): string {
  // In one language and time zone, so that each process sees the same.
  const env = { LC_ALL: "C", TZ: "UTC", PATH: process.env.PATH ?? "" };
  return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env }).stdout?.trim() || UNKNOWN;
}

let bootId: string | undefined;

function boot(): string {
  bootId ??= [read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")), read(() => readlinkSync("/proc/self/ns/pid"))].join("/");
  return bootId;
}

/** Some containers hide these files. */
function read(file: () => string): string {
  try {
    return file().trim();
  } catch {
    return "";
  }
}
