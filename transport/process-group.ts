/** Signals a child process and everything that it started. Where process groups exist, the child leads its own (`detached`). */
import type { ChildProcess } from "node:child_process";

/** Works like `process.kill`: throws an error with a `code`, and accepts a negative number for the group that this process leads. */
export type Kill = (pid: number, signal: NodeJS.Signals) => unknown;

/** Windows has no process groups, so a signal there reaches only the child. */
export const HAS_PROCESS_GROUPS = process.platform !== "win32";

type Leader = Pick<ChildProcess, "pid" | "exitCode" | "signalCode">;

/**
 * Sends a signal to the whole group. If the system refuses that because a member runs as another user, only the child gets the signal.
 * Processes that have ended, or that we may not signal, are ignored.
 *
 * @throws any error of the system except ESRCH and EPERM
 */
export function signalGroup(leader: Leader, signal: NodeJS.Signals, kill: Kill = systemKill): void {
  if (leader.pid === undefined) return;
  if (!HAS_PROCESS_GROUPS || trySignal(-leader.pid, signal, kill) === "EPERM") signalProcess(leader, signal, kill);
}

/** Whether any process of the group is left, even if its leader has ended. */
export function isGroupAlive(leaderPid: number, kill: (pid: number, signal: 0) => unknown = process.kill): boolean {
  try {
    kill(HAS_PROCESS_GROUPS ? -leaderPid : leaderPid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Sends a signal only to the child, which decides what it means for the processes that it started. */
export function signalProcess({ pid, exitCode, signalCode }: Leader, signal: NodeJS.Signals, kill: Kill = systemKill): void {
  // Once the child has ended, its number may belong to another process.
  if (pid !== undefined && exitCode === null && signalCode === null) trySignal(pid, signal, kill);
}

/** Sends a signal to a process or, with a negative number, to a group, which we need not have started. See {@link signalGroup} for errors. */
export function signalPid(pid: number, signal: NodeJS.Signals): void {
  trySignal(pid, signal, systemKill);
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
