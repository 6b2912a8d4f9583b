import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";
import { collectList, type OrganizationOptions, organizationOption } from "../options.ts";
import { describeRoles } from "../roles.ts";
import { createSessionClient, findAnyOrganization, orMissing } from "../session-client.ts";

export function addOrganizationsMembersEditRolesCommand(parent: Command, context: CliContext): void {
  parent
    .command("edit-roles")
    .description("Replace the roles of an organization member")
    .argument("<user>", "name or ID")
    .argument("[roles...]", "the complete list of roles")
    .option("--roles <names>", 'the same list, separated by commas; "" removes all roles', collectList)
    .addOption(organizationOption())
    .action(async (name: string, words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<OrganizationOptions & { roles?: string[] }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const organization = await findAnyOrganization(client, options.org, signal);
      const roles = words.length > 0 ? words : options.roles;
      if (roles === undefined) {
        throw new CliError("no roles given: list them after the user, or in --roles", {
          details: describeRoles(await client.listOrganizationRoles(organization.id, { signal })),
        });
      }
      const updated = client.updateMemberRoles(organization.id, name, { roles }, { signal });
      const member = await orMissing(updated, `member "${name}" of ${organization.name}`);
      const list = member.roles.map((role) => role.name).join(", ") || "none";
      context.stdout.write(`Roles of ${name} in organization ${organization.name}: ${list}.\n`);
    });
}
