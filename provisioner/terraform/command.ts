import { LineSplitter } from "#transport/line-splitter.ts";
import { runProcess, type Stop } from "#transport/run-process.ts";
import type { OrphanGuard } from "./orphan-guard.ts";

export type Environment = Readonly<Record<string, string>>;

export interface CommandOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  readonly stop: Stop;
  /** Stops the program should this process be killed. */
  readonly guard?: OrphanGuard | undefined;
  readonly onStdoutLine?: (line: string) => void;
  readonly onStderrLine?: (line: string) => void;
}

export interface CommandExit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** All of standard output; empty when its lines were handed out. */
  readonly stdout: Buffer;
}

/**
 * Runs one Terraform command. An interrupt goes to Terraform alone, which then ends its providers in its own order.
 * What it leaves running when it ends by itself lives on (a template may start an agent that way); after a stop the whole group is killed.
 *
 * @throws the stop's reason when it came before the start; the system's error when the program cannot be started
 */
export async function runTerraform({ guard, onStdoutLine, onStderrLine = () => {}, ...options }: CommandOptions): Promise<CommandExit> {
  const captured: Buffer[] = [];
  const stdout = onStdoutLine === undefined ? undefined : new LineSplitter(onStdoutLine);
  const stderr = new LineSplitter(onStderrLine);
  const end = await runProcess({
    ...options,
    onStdout: stdout === undefined ? (bytes) => captured.push(bytes) : (bytes) => stdout.write(bytes),
    onStderr: (bytes) => stderr.write(bytes),
    ...(guard !== undefined && { watch: (pid: number) => guard.watch(pid) }),
  });
  if (end.kind === "not_started") throw end.error;
  stdout?.end();
  stderr.end();
  return { code: end.code ?? null, stdout: Buffer.concat(captured) };
}
