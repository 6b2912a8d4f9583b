import { spawn } from "node:child_process";

/** Stops the Terraform commands of a process that dies without stopping them itself. */
export interface OrphanGuard extends Disposable {
  /**
   * @param pid leads its own process group
   * @returns an object that ends the watch; dispose of it when the command has ended
   */
  watch(pid: number): Disposable;
}

/** Shorter than a lease: nobody else starts on the same state before the lease has ended. */
const GRACE_SECONDS = 30;

/**
 * Reads `+ PID` and `- PID` until its input ends, which also happens if the daemon gets a SIGKILL. Processes that still run are then
 * interrupted, as Terraform expects, and their groups are killed when they have ended or their time is up.
 */
const SCRIPT = `
pids=
while read -r sign pid; do
  if [ "$sign" = + ]; then
    pids="$pids $pid"
  else
    rest=
    for each in $pids; do [ "$each" = "$pid" ] || rest="$rest $each"; done
    pids=$rest
  fi
done
for pid in $pids; do kill -s INT "$pid"; done
left=$1
for pid in $pids; do
  while kill -0 "$pid" && [ "$left" -gt 0 ]; do
    sleep 1
    left=$((left - 1))
  done
  kill -s KILL -- "-$pid"
done
`;

/**
 * Starts one small shell next to this process, for any number of commands. Without it, Terraform would continue to make changes after its
 * daemon was killed, without its provider and with nobody to receive its state, until it conflicts with another run. It costs a command
 * only a line in a pipe. Without a POSIX shell, nothing is guarded.
 *
 * @param searchPath PATH, for `sleep`
 */
export function startOrphanGuard(searchPath: string, graceSeconds = GRACE_SECONDS): OrphanGuard {
  if (process.platform === "win32") return { watch: () => ({ [Symbol.dispose]() {} }), [Symbol.dispose]() {} };
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "proviso-orphan-guard", String(graceSeconds)], {
    cwd: "/",
    env: { PATH: searchPath },
    stdio: ["pipe", "ignore", "ignore"],
    // The shell runs in its own session, so that neither Ctrl-C nor the end of a terminal reaches it.
    detached: true,
  });
  shell.unref();
  // If the guard died or never started, everything works as without one.
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  return {
    watch: (pid) => {
      shell.stdin.write(`+ ${pid}\n`);
      return {
        [Symbol.dispose]: () => {
          shell.stdin.write(`- ${pid}\n`);
        },
      };
    },
    [Symbol.dispose]: () => {
      shell.stdin.end();
    },
  };
}
