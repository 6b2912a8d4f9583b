import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, type OrganizationOptions, organizationOption, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, findTemplate, nameOrganization } from "../session-client.ts";

export function addTemplatesDeleteCommand(parent: Command, context: CliContext): void {
  parent
    .command("delete")
    .description("Delete templates that no workspace uses")
    .argument("<names...>")
    .addOption(yesOption())
    .addOption(organizationOption())
    .action(async (names: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions & OrganizationOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const organization = await nameOrganization(client, options.org, signal);
      const templates = await Promise.all(names.map((name) => findTemplate(client, organization, name, signal)));
      if (!options.yes) await createPrompts(context).confirm(`Delete ${names.join(", ")}?`);
      for (const template of templates) {
        await client.deleteTemplate(template.id, { signal });
        context.stdout.write(`Deleted template ${template.name}.\n`);
      }
    });
}
