import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";

export function addAgentCommand(parent: Command, context: CliContext): void {
  parent
    .command("agent", { hidden: true })
    .description("Run a workspace agent until it is stopped; it reads CODER_AGENT_URL and CODER_AGENT_TOKEN")
    .argument("[options...]", "--agent-url, --agent-token-file, --auth, --log-dir, --script-data-dir")
    .allowUnknownOption()
    .action(async (_options: string[], _flags: unknown, command: Command) => {
      await runAgent(context, command.args);
    });
}

/** The agent parses its own flags, because it also exists as a separate program. */
async function runAgent(context: CliContext, args: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort(new Error("the agent was told to stop"));
  using _interrupt = context.interrupts.hold(end);
  using _termination = context.interrupts.holdTermination(end);
  const { agentCommand } = await import("#agent/agent-command.ts");
  try {
    await agentCommand({ args, env: context.env, executable: undefined, writeError: (text) => context.stderr.write(text) }, stop.signal);
  } catch (error) {
    if (error instanceof Error && error.name === "UsageError") throw new CliError(error.message, { cause: error });
    throw error;
  }
}
