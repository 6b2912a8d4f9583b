import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** A step in a process of its own ended badly. The message holds the end of what it printed. */
export class StepError extends Error {
  override readonly name = "StepError";
}

export interface NodeStep {
  /** In the message of a failure. */
  readonly what: string;
  readonly nodeOptions?: readonly string[];
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** All that the process finds in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a JavaScript program to its end. @throws StepError, or the signal's reason once an abort has told it to end */
export async function runNode({ what, nodeOptions = [], program, args, directory, env = {}, input = "" }: NodeStep, signal: AbortSignal) {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], { cwd: directory, env, signal });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once("error", (error) => reject(signal.aborted ? signal.reason : error)).once("close", resolve),
  );
  // A process that ends before it has read everything breaks the pipe; its exit code says more about it.
  child.stdin.on("error", () => {}).end(input);
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new StepError(`${what} ended with ${code}: ${`${stdout}${stderr}`.trim().slice(-4_000)}`);
}
