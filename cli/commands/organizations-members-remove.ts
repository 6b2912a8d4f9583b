import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, type OrganizationOptions, organizationOption, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, findAnyOrganization, orMissing } from "../session-client.ts";

export function addOrganizationsMembersRemoveCommand(parent: Command, context: CliContext): void {
  parent
    .command("remove")
    .description("Remove a user from an organization")
    .argument("<user>", "name or ID")
    .addOption(yesOption())
    .addOption(organizationOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions & OrganizationOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const organization = await findAnyOrganization(client, options.org, signal);
      if (!options.yes) await createPrompts(context).confirm(`Remove ${name} from organization ${organization.name}?`);
      await orMissing(client.removeMember(organization.id, name, { signal }), `member "${name}" of ${organization.name}`);
      context.stdout.write(`Removed ${name} from organization ${organization.name}.\n`);
    });
}
