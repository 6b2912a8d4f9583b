import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { outputOption } from "../options.ts";
import { printJson } from "../print.ts";
import { formatResources } from "../resource-tree.ts";
import { createSessionClient, findWorkspace } from "../session-client.ts";

export function addShowCommand(parent: Command, context: CliContext): void {
  parent
    .command("show")
    .description("Show a workspace's resources and agents")
    .argument("<workspace>", "name, owner/name, or ID")
    .addOption(outputOption(["table", "json"]))
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { output: "table" | "json" }>();
      const client = await createSessionClient(context, options);
      const workspace = await findWorkspace(client, name, context.interrupts.signal);
      if (options.output === "json") {
        printJson(context, workspace);
        return;
      }
      const { latest_build: build } = workspace;
      context.stdout.write(
        `${workspace.owner_name}/${workspace.name}: ${build.status}, build ${build.build_number} of ${workspace.template_name} (${build.template_version_name})\n`,
      );
      context.stdout.write(formatResources(build.resources, { agentStatus: true }));
    });
}
