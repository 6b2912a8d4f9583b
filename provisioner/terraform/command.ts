import { LineSplitter } from "#transport/line-splitter.ts";
import type { NamedPipes } from "#transport/named-pipes.ts";
import { type ProcessWatch, runProcess, type Stop } from "#transport/run-process.ts";

export type Environment = Readonly<Record<string, string>>;

export interface CommandOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** Default: that of this process. */
  readonly umask?: number;
  readonly stop: Stop;
  /** Called when the program runs. Whoever watches ends it if this process cannot. */
  readonly watch?: (pid: number) => ProcessWatch;
  /** Carry the output of a program that must be able to go on if this process dies. */
  readonly pipes?: NamedPipes | undefined;
  /** Whether something that the program started still does its work although the program itself has ended. */
  readonly isStillWorking?: (pid: number) => Promise<boolean>;
  readonly onStdoutLine?: (line: string) => void;
  readonly onStderrLine?: (line: string) => void;
}

export interface CommandExit {
  /** Null if a signal ended it. */
  readonly code: number | null;
  /** The complete standard output; empty if its lines went to a callback. */
  readonly stdout: Buffer;
}

/** A state that Terraform could not write comes in one line. A text of 512 Mi characters or more, which a program can print as well, throws. */
const LONGEST_LINE = 256 * 1024 * 1024;

/**
 * Runs one Terraform command. An interrupt goes only to Terraform, which then ends its providers in its own order.
 * Processes that Terraform leaves running when it ends by itself are not ended here, though the isolation that a job runs in may end them;
 * after a stop, the whole group is killed.
 *
 * @throws the reason of the stop if it came before the start; the system's error if the program cannot be started
 */
export async function runTerraform({ onStdoutLine, onStderrLine = () => {}, ...options }: CommandOptions): Promise<CommandExit> {
  const captured: Buffer[] = [];
  const stdout = onStdoutLine === undefined ? undefined : new LineSplitter(onStdoutLine, { longest: LONGEST_LINE });
  const stderr = new LineSplitter(onStderrLine, { longest: LONGEST_LINE });
  const end = await runProcess({
    ...options,
    onStdout: stdout === undefined ? (bytes) => captured.push(bytes) : (bytes) => stdout.write(bytes),
    onStderr: (bytes) => stderr.write(bytes),
    // What a killed Terraform had in hand would go on without anybody who knows of it.
    afterSignal: "kill",
  });
  if (end.kind === "not_started") throw end.error;
  stdout?.end();
  stderr.end();
  return { code: end.code ?? null, stdout: Buffer.concat(captured) };
}
