import { spawn } from "node:child_process";

/** Stops the Terraform commands of a process that dies without stopping them itself. */
export interface OrphanGuard extends Disposable {
  /**
   * @param pid leads a process group of its own
   * @returns ends the watch, when the command has ended
   */
  watch(pid: number): Disposable;
}

/** Shorter than a lease: nobody else begins with the same state until that has ended. */
const GRACE_SECONDS = 30;

/**
 * Reads `+ PID` and `- PID` until the other end of its input is gone, which is also how it hears of a SIGKILL. Those that run on then
 * are interrupted, as Terraform wants it, and killed with their groups when they have ended or their time is up.
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
 * One small shell beside this process, for any number of commands: without it, Terraform would go on changing the world after a daemon
 * that was killed, without its provider and with nobody to take its state, until another run meets it. Costs a command nothing but a
 * line in a pipe. Where there is no POSIX shell nothing is guarded.
 *
 * @param searchPath PATH, for `sleep`
 */
export function startOrphanGuard(searchPath: string, graceSeconds = GRACE_SECONDS): OrphanGuard {
  if (process.platform === "win32") return { watch: () => ({ [Symbol.dispose]() {} }), [Symbol.dispose]() {} };
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "proviso-orphan-guard", String(graceSeconds)], {
    cwd: "/",
    env: { PATH: searchPath },
    stdio: ["pipe", "ignore", "ignore"],
    // In a session of its own, so that neither Ctrl-C nor the end of a terminal reaches it.
    detached: true,
  });
  shell.unref();
  // A guard that is gone, or never came, leaves everything as it would be without one.
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
