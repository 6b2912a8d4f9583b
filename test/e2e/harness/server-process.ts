import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROVISO = join(import.meta.dirname, "../../../bin/proviso");

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly dataDirectory: string;
  readonly pid: number;
  /** What the server has written to stderr so far. */
  stderr(): string;
  /** Sends a signal and waits for the end; returns the exit code, or null if the signal ended the process. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts `bin/proviso server` on a free port and waits until it says that it is ready.
 *
 * @param options.dataDirectory kept if given, otherwise created and removed with the server
 */
export async function startServerProcess(
  options: { args?: readonly string[]; env?: Readonly<Record<string, string | undefined>>; dataDirectory?: string } = {},
): Promise<ServerProcess> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), "proviso-e2e-")));
  const child = spawn(PROVISO, ["server", "--data-dir", dataDirectory, "--http-address", "127.0.0.1:0", ...(options.args ?? [])], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CHECKPOINT_DISABLE: "1", ...options.env },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> => {
    if (isRunning(child)) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  };
  const url = await readyUrl(child, () => stderr);
  return {
    url,
    dataDirectory,
    pid: child.pid ?? 0,
    stderr: () => stderr,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function readyUrl(child: ChildProcess, stderr: () => string): Promise<string> {
  if (child.stdout === null) throw new Error("the server has no stdout");
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    once(child, "exit").then(([code]) => {
      throw new Error(`the server ended with ${code} before it was ready:\n${stderr()}`);
    }),
  ]);
  const match = /^proviso is ready at (http:\/\/\S+)$/.exec(first);
  if (match?.[1] === undefined) throw new Error(`the server's first line was ${JSON.stringify(first)}`);
  return match[1];
}
