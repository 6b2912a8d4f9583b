import { join } from "node:path";
import { pino } from "pino";
import { redactSecrets } from "#credentials/secret.ts";
import { type LogFile, openLogFile } from "./log-file.ts";
import { parseAgentOptions } from "./options.ts";
import { runAgent } from "./run-agent.ts";

export interface AgentProcess {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly executable: string | undefined;
  readonly writeError: (text: string) => void;
}

/** Runs the command `agent` until the signal. @throws UsageError */
export async function agentCommand({ args, env, executable, writeError }: AgentProcess, signal: AbortSignal): Promise<void> {
  const options = parseAgentOptions(args, env, executable);
  let file: LogFile | undefined;
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    {
      // Redacts our secrets in every message, no matter what logs it.
      write: (line) => {
        const clean = redactSecrets(line);
        writeError(clean);
        file?.write(clean);
      },
    },
  );
  try {
    file = openLogFile(join(options.logDirectory, "coder-agent.log"));
  } catch (error) {
    log.warn(
      { reason: error instanceof Error ? error.message : String(error) },
      "cannot open the log file, so the log goes only to this stream",
    );
  }
  try {
    await runAgent(options, { log, now: () => new Date(), random: Math.random }, signal);
    log.info("agent stopped");
  } finally {
    file?.close();
  }
}
