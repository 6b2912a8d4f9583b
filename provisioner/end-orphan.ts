import { closeSync, constants, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { namedPipesIn } from "#transport/named-pipes.ts";
import { isOfThisBoot, isSameProcess, processBirth } from "#transport/process-birth.ts";
import { isGroupAlive, signalPid } from "#transport/process-group.ts";
import { claimInterrupt } from "./guard/guarded-command.ts";
import { type ApplyProcess, interruptMarker } from "./journal.ts";

/** How long a Terraform without a daemon gets to end in its own order: as long as the guard gives it, and a little more. */
const GRACE_MS = 35_000;
const POLL_MS = 50;

/**
 * Waits until the Terraform of a dead daemon has ended, together with its group. Its guard ends it; if the guard died as well, this does.
 *
 * @param root the job's directory
 * @param signal stops the wait
 */
export async function endOrphan(root: string, terraform: ApplyProcess, signal: AbortSignal): Promise<void> {
  if (!isOfThisBoot(terraform.birth)) return;
  const startedAt = performance.now();
  while (isSameProcess(terraform) && !signal.aborted) {
    if (performance.now() - startedAt > GRACE_MS) break;
    if (!isSameProcess(terraform.guard) && claimInterrupt(interruptMarker(root, terraform.pid))) signalPid(terraform.pid, "SIGINT");
    await sleep(POLL_MS);
  }
  if (signal.aborted) return;
  // What is left of the group belongs to a run that is over. A new group cannot have the number while one of the old one lives.
  if (isGroupAlive(terraform.pid) && (isSameProcess(terraform) || processBirth(terraform.pid) === undefined))
    signalPid(-terraform.pid, "SIGKILL");
  while (isSameProcess(terraform) && !signal.aborted) await sleep(POLL_MS);
}

/**
 * Waits until nobody has the output of a job's apply open any more: neither Terraform, which holds both ends of its pipes, nor the guard,
 * which reads them. For a job whose process is not known.
 */
export async function outputClosed(root: string, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const { stdout } = namedPipesIn(root);
  while (isOutputOpen(stdout) && performance.now() - startedAt < GRACE_MS && !signal.aborted) await sleep(POLL_MS);
}

function isOutputOpen(pipe: string): boolean {
  try {
    // Fails unless somebody has it open for reading.
    closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW));
    return true;
  } catch {
    return false;
  }
}
