/** Signals for a child process and all that it started. The child leads a process group of its own (`detached`), where there are groups. */
import type { ChildProcess } from "node:child_process";

/** As `process.kill` does it: throws an error with a `code`, and takes a negative number for the group that this process leads. */
export type Kill = (pid: number, signal: NodeJS.Signals) => unknown;

/** Windows has none: there a signal reaches the child alone. */
export const HAS_PROCESS_GROUPS = process.platform !== "win32";

type Leader = Pick<ChildProcess, "pid" | "exitCode" | "signalCode">;

/**
 * Sends a signal to all of the group. If the system refuses that because a member runs as another user, the child itself gets the signal.
 * Those who have ended, or may not be signaled, are left alone.
 *
 * @throws the system's error for anything but ESRCH and EPERM
 */
export function signalGroup(leader: Leader, signal: NodeJS.Signals, kill: Kill = systemKill): void {
  if (leader.pid === undefined) return;
  if (!HAS_PROCESS_GROUPS || trySignal(-leader.pid, signal, kill) === "EPERM") signalProcess(leader, signal, kill);
}

/** Sends a signal to the child alone, which decides what it means for those it started. */
export function signalProcess({ pid, exitCode, signalCode }: Leader, signal: NodeJS.Signals, kill: Kill = systemKill): void {
  // Once it has ended, its number may belong to somebody else.
  if (pid !== undefined && exitCode === null && signalCode === null) trySignal(pid, signal, kill);
}

function systemKill(pid: number, signal: NodeJS.Signals): void {
  process.kill(pid, signal);
}

function trySignal(pid: number, signal: NodeJS.Signals, kill: Kill): "sent" | "ESRCH" | "EPERM" {
  try {
    kill(pid, signal);
    return "sent";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ESRCH" || code === "EPERM") return code;
    throw error;
  }
}
