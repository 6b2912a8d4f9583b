import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, findWorkspace } from "../session-client.ts";
import { watchBuild } from "../watch-build.ts";

export function addDeleteCommand(parent: Command, context: CliContext): void {
  parent
    .command("delete")
    .description("Delete a workspace and everything that Terraform created for it")
    .argument("<workspace>", "name, owner/name, or ID")
    .option("--orphan", "delete only the workspace, and keep what Terraform created")
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions & { orphan?: boolean }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const workspace = await findWorkspace(client, name, signal);
      const what = options.orphan ? "and keep what Terraform created for it" : "and everything in it";
      if (!options.yes) await createPrompts(context).confirm(`Delete workspace ${workspace.name} ${what}?`);
      const build = await client.createWorkspaceBuild(
        workspace.id,
        { transition: "delete", reason: "cli", ...(options.orphan ? { orphan: true } : {}) },
        { signal },
      );
      await watchBuild(context, client, build, options);
      context.stdout.write(`\nThe ${workspace.name} workspace has been deleted at ${new Date(context.now()).toLocaleString()}!\n`);
    });
}
