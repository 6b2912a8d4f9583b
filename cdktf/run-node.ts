import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** A step that runs in its own process failed. The message contains the end of its output. */
export class StepError extends Error {
  override readonly name = "StepError";
}

export interface NodeStep {
  /** The step's name for error messages. */
  readonly what: string;
  readonly nodeOptions?: readonly string[];
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** The complete environment of the process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a JavaScript program to its end. @throws StepError, or the signal's reason after an abort */
export async function runNode({ what, nodeOptions = [], program, args, directory, env = {}, input = "" }: NodeStep, signal: AbortSignal) {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], { cwd: directory, env, signal });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once("error", (error) => reject(signal.aborted ? signal.reason : error)).once("close", resolve),
  );
  // A process that ends before reading all its input breaks the pipe; its exit code is more informative.
  child.stdin.on("error", () => {}).end(input);
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new StepError(`${what} ended with ${code}: ${`${stdout}${stderr}`.trim().slice(-4_000)}`);
}
