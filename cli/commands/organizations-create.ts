import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { createSessionClient } from "../session-client.ts";

interface CreateOptions extends GlobalOptions {
  readonly displayName?: string;
  readonly description?: string;
}

export function addOrganizationsCreateCommand(parent: Command, context: CliContext): void {
  parent
    .command("create")
    .description("Create an organization")
    .argument("<name>")
    .option("--display-name <name>", "name to display; default: its name")
    .option("--description <text>", "purpose of the organization")
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions>();
      const client = await createSessionClient(context, options);
      const organization = await client.createOrganization(
        {
          name,
          ...(options.displayName ? { display_name: options.displayName } : {}),
          ...(options.description ? { description: options.description } : {}),
        },
        { signal: context.interrupts.signal },
      );
      context.stdout.write(`Created organization ${organization.name} (${organization.id}).\n`);
    });
}
