/** The demo's processes: the server, and one for each command. All of them end with the demo, however it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { redactSecrets } from "#credentials/secret.ts";

const PROVISO = join(import.meta.dirname, "..", "..", "bin", "proviso");

export type Environment = Readonly<Record<string, string>>;

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Stops the server: running jobs may finish, or are canceled if `hurry`. Resolves when it has ended; calling it twice is harmless. */
  stop(options: { readonly hurry: boolean }): Promise<void>;
  /** Lets the server continue after this process ends. */
  release(): void;
}

const READY = /^proviso is ready at (http:\/\/\S+)$/;

/** Starts `proviso server` and waits until it reports that it is ready. @throws Error with the end of its log if it fails to start */
export async function startServerProcess(
  args: readonly string[],
  options: { readonly env: Environment; readonly logFile: string; readonly signal: AbortSignal },
): Promise<ServerProcess> {
  // The server gets its own session: Ctrl-C on the terminal goes only to the demo, which then stops the server properly.
  const log = openSync(options.logFile, "a", 0o600);
  const child = spawn(PROVISO, ["server", ...args], { env: options.env, stdio: ["ignore", "pipe", log], detached: true });
  closeSync(log);
  const stop = createStop(child);
  const { stdout } = child;
  try {
    if (stdout === null) throw new Error("the server has no standard output");
    const [line] = await Promise.race([
      once(createInterface({ input: stdout }), "line", { signal: options.signal }),
      once(child, "exit", { signal: options.signal }).then(() => [""]),
    ]);
    const [, url] = READY.exec(String(line)) ?? [];
    if (url === undefined || child.pid === undefined) {
      throw new Error(`the server did not start: ${readLogTail(options.logFile).split("\n").at(-1)}`);
    }
    const release = (): void => {
      child.unref();
      stdout.destroy();
    };
    return { url, pid: child.pid, stop, release };
  } catch (error) {
    await stop({ hurry: true });
    throw error;
  }
}

/** Returns the last lines of a log, for an error message. */
export function readLogTail(logFile: string): string {
  return redactSecrets(readFileSync(logFile, "utf8").trim().split("\n").slice(-15).join("\n"));
}

const PATIENCE_MS = 15_000;

function createStop(child: ChildProcess): ServerProcess["stop"] {
  return async ({ hurry }) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    // On a second signal, the server cancels running jobs instead of waiting for them.
    if (hurry) child.kill("SIGTERM");
    const impatience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    await ended;
    clearTimeout(impatience);
  };
}

/** Runs one `proviso` command to its end. @throws Error with its output if it fails */
export async function runProviso(
  args: readonly string[],
  options: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<string> {
  options.signal.throwIfAborted();
  const child = spawn(PROVISO, args, { env: options.env, stdio: ["ignore", "pipe", "pipe"] });
  const abort = (): void => void child.kill("SIGTERM");
  options.signal.addEventListener("abort", abort, { once: true });
  try {
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    options.signal.throwIfAborted();
    if (code !== 0)
      throw new Error(`\`proviso ${args.join(" ")}\` failed with exit code ${code}:\n${redactSecrets(`${stdout}${stderr}`.trim())}`);
    return stdout;
  } finally {
    options.signal.removeEventListener("abort", abort);
  }
}
