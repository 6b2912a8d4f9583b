/** The agents' processes, which the example template's scripts record in `<folder>/proviso-agents-<uid>/<workspace>/<agent>/pid`. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface AgentProcess {
  readonly name: string;
  readonly pid: number;
}

/** Finds the processes recorded below a folder for temporary files, running or not. */
export function findAgentProcesses(temporaryFolder: string): AgentProcess[] {
  return globSync("proviso-agents-*/*/*/pid", { cwd: temporaryFolder }).map((path) => ({
    name: basename(dirname(path)),
    pid: Number.parseInt(readFileSync(join(temporaryFolder, path), "utf8"), 10),
  }));
}

/** Whether a process exists and has not ended. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that has ended stays in the table until its parent waits for it, and in containers no parent may do so.
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
  return !/\) [ZX] /.test(stat);
}

/** Ends the agents of an interrupted demo, because Terraform will no longer end them. Each leads its own process group. */
export function endAgentProcesses(temporaryFolder: string): void {
  for (const { pid } of findAgentProcesses(temporaryFolder)) {
    if (!(pid > 1)) continue;
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, "SIGKILL");
      } catch {
        // The process has already ended.
      }
    }
  }
}
