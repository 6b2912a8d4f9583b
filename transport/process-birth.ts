import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

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
  if (process.platform !== "linux") return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim();
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may contain anything.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    return `${boot()} ${fields[18] ?? ""}`;
  } catch {
    return undefined;
  }
}

let bootId: string | undefined;

function boot(): string {
  bootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return bootId;
}
