import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROVISO = join(import.meta.dirname, "../../../bin/proviso");

export interface DaemonProcess extends AsyncDisposable {
  readonly pid: number;
  output(): string;
  /** Sends a signal and waits for the end; returns the exit code, or null if the signal ended the process. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `bin/proviso provisioner start` as a remote daemon, in its own folder. */
export function startDaemonProcess(url: string, key: string, args: readonly string[] = []): DaemonProcess {
  const cacheDirectory = mkdtempSync(join(tmpdir(), "proviso-e2e-daemon-"));
  const child = spawn(PROVISO, ["provisioner", "start", "--url", url, "--cache-dir", cacheDirectory, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CHECKPOINT_DISABLE: "1", CODER_PROVISIONER_DAEMON_KEY: key },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  };
  return {
    pid: child.pid ?? 0,
    output: () => output,
    stop,
    async [Symbol.asyncDispose]() {
      await stop("SIGKILL");
      rmSync(cacheDirectory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
