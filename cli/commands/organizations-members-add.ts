import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type OrganizationOptions, organizationOption } from "../options.ts";
import { createSessionClient, findAnyOrganization, orMissing } from "../session-client.ts";

export function addOrganizationsMembersAddCommand(parent: Command, context: CliContext): void {
  parent
    .command("add")
    .description("Add a user to an organization")
    .argument("<user>", "name or ID")
    .addOption(organizationOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<OrganizationOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const organization = await findAnyOrganization(client, options.org, signal);
      await orMissing(client.addMember(organization.id, name, { signal }), `user "${name}"`, "List users with `proviso users list`.");
      context.stdout.write(`Added ${name} to organization ${organization.name}.\n`);
    });
}
