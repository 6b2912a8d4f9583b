import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, collectPairs, yesOption } from "../options.ts";
import { createSessionClient, findWorkspace } from "../session-client.ts";
import { watchBuild } from "../watch-build.ts";

interface StartOptions extends ConfirmOptions {
  readonly parameter?: Record<string, string>;
  readonly wait: boolean;
}

export function addStartCommand(parent: Command, context: CliContext): void {
  parent
    .command("start")
    .description("Start a workspace")
    .argument("<workspace>", "name, owner/name, or ID")
    .option("--parameter <name=value>", "new value of a parameter; repeat for more", collectPairs)
    .option("--no-wait", "do not wait for the build to finish")
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<StartOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const workspace = await findWorkspace(client, name, signal);
      if (workspace.latest_build.status === "running") {
        context.stdout.write(`The ${workspace.name} workspace is already running.\n`);
        return;
      }
      const values = Object.entries(options.parameter ?? {}).map(([key, value]) => ({ name: key, value }));
      const build = await client.createWorkspaceBuild(
        workspace.id,
        { transition: "start", reason: "cli", ...(values.length > 0 ? { rich_parameter_values: values } : {}) },
        { signal },
      );
      if (!options.wait) {
        context.stdout.write(`The ${workspace.name} workspace is being started.\n`);
        return;
      }
      await watchBuild(context, client, build, options);
      context.stdout.write(`\nThe ${workspace.name} workspace has been started at ${new Date(context.now()).toLocaleString()}!\n`);
    });
}
