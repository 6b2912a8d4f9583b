import { type Command, Option } from "commander";
import type { CliContext } from "../context.ts";

export function addAgentCommand(parent: Command, context: CliContext): void {
  parent
    .command("agent", { hidden: true })
    .description("Run a workspace agent; its init script does this")
    .addOption(new Option("--agent-token <token>", "rather set the variable").env("CODER_AGENT_TOKEN"))
    .action(async () => {
      context.stderr.write("");
    });
}
