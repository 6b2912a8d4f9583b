/** The agents' processes, as the example template's scripts note them: `<folder>/proviso-agents-<uid>/<workspace>/<agent>/pid`. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface AgentProcess {
  readonly name: string;
  readonly pid: number;
}

/** Those noted below a folder for temporary files, running or not. */
export function findAgentProcesses(temporaryFolder: string): AgentProcess[] {
  return globSync("proviso-agents-*/*/*/pid", { cwd: temporaryFolder }).map((path) => ({
    name: basename(dirname(path)),
    pid: Number.parseInt(readFileSync(join(temporaryFolder, path), "utf8"), 10),
  }));
}

/** Whether a process is there and has not ended. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // One that has ended stays in the table until its parent takes note, and in containers nobody may.
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
  return !/\) [ZX] /.test(stat);
}

/** For a demo that was cut short: Terraform will not end them any more. Each leads its own process group. */
export function endAgentProcesses(temporaryFolder: string): void {
  for (const { pid } of findAgentProcesses(temporaryFolder)) {
    if (!(pid > 1)) continue;
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, "SIGKILL");
      } catch {
        // It has ended already.
      }
    }
  }
}
