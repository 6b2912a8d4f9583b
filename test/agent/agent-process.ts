/** Runs the agent in its own process, started as in a workspace: with token and URL in its environment. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachableByAll } from "./reachable-clone.ts";

export interface AgentProcess extends AsyncDisposable {
  readonly pid: number;
  readonly directory: string;
  /** Everything that it has written so far. */
  readonly output: () => string;
  /** Closes our ends of its output, as when whoever read it is gone. */
  stopListening(): void;
  /** Resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const MAIN = join(import.meta.dirname, "../../agent/main.ts");

/** The agent is a program of its own, and a command of `proviso`. */
export const PROGRAMS = [
  { name: "coder agent", command: [process.execPath, MAIN] },
  { name: "proviso agent", command: [process.execPath, join(import.meta.dirname, "../../cli/main.ts")] },
] as const;

/**
 * @param env undefined removes a variable that the agent would otherwise get
 * @param options.user the number of the user that it runs as; only root can do that
 */
export async function startAgent(
  env: Readonly<Record<string, string | undefined>>,
  {
    command = [process.execPath, MAIN],
    args = [],
    user,
  }: { command?: readonly string[]; args?: readonly string[]; user?: number | undefined } = {},
): Promise<AgentProcess> {
  const directory = await mkdtemp(join(tmpdir(), "agent-test-"));
  if (user !== undefined) await chown(directory, user, user);
  await using owned = new AsyncDisposableStack();
  const become = user === undefined ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const reachable = user === undefined ? { command } : owned.use(await reachableByAll([...become, ...command]));
  const [file = "", ...first] = reachable.command;
  const child: ChildProcess = spawn(file, [...first, "agent", ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      CODER_AGENT_LOG_DIR: directory,
      CODER_AGENT_SCRIPT_DATA_DIR: directory,
      CODER_AGENT_AUTH: "token",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = once(child, "close");
  await once(child, "spawn");
  const kept = owned.move();
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    directory,
    output: () => output,
    stopListening: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    end: async (signal) => {
      if (isRunning()) child.kill(signal);
      await ended;
      return child.exitCode;
    },
    [Symbol.asyncDispose]: async () => {
      if (isRunning()) child.kill("SIGKILL");
      await ended;
      await kept.disposeAsync();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Runs a command of the program to its end. */
export async function runMain(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  command: readonly string[] = [process.execPath, MAIN],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const [file = "", ...first] = command;
  const child = spawn(file, [...first, ...args], { env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].setEncoding("utf8").on("data", (piece: string) => (text[name] += piece));
  await once(child, "close");
  return { code: child.exitCode, ...text };
}

export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "agent-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
