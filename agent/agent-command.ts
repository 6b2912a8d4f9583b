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

/** `agent`: runs until the signal. @throws UsageError */
export async function agentCommand({ args, env, executable, writeError }: AgentProcess, signal: AbortSignal): Promise<void> {
  const options = parseAgentOptions(args, env, executable);
  let file: LogFile | undefined;
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    {
      // Whatever a message holds, a secret of ours does not get past here.
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
    log.warn({ reason: error instanceof Error ? error.message : String(error) }, "no log file, only this stream");
  }
  try {
    await runAgent(options, { log, now: () => new Date(), random: Math.random }, signal);
    log.info("the agent has ended");
  } finally {
    file?.close();
  }
}
