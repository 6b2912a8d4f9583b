import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, findWorkspace } from "../session-client.ts";
import { watchBuild } from "../watch-build.ts";

export function addStopCommand(parent: Command, context: CliContext): void {
  parent
    .command("stop")
    .description("Stop a workspace, which also ends its agents' tokens")
    .argument("<workspace>", "name, owner/name, or ID")
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const workspace = await findWorkspace(client, name, signal);
      if (!options.yes) await createPrompts(context).confirm(`Stop workspace ${workspace.name}?`);
      const build = await client.createWorkspaceBuild(workspace.id, { transition: "stop", reason: "cli" }, { signal });
      await watchBuild(context, client, build, options);
      context.stdout.write(`\nThe ${workspace.name} workspace has been stopped at ${new Date(context.now()).toLocaleString()}!\n`);
    });
}
