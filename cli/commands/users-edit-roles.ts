import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";
import { type ConfirmOptions, collectList, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { describeRoles } from "../roles.ts";
import { createSessionClient, orMissing } from "../session-client.ts";

export function addUsersEditRolesCommand(parent: Command, context: CliContext): void {
  parent
    .command("edit-roles")
    .description("Replace the site roles of a user")
    .argument("<user>", "name or ID")
    .option("--roles <names>", 'the complete list, separated by commas; "" removes all roles', collectList)
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions & { roles?: string[] }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const { roles } = options;
      if (roles === undefined) {
        throw new CliError("no roles given: list them in --roles", { details: describeRoles(await client.listSiteRoles({ signal })) });
      }
      const list = roles.join(", ") || "none";
      if (!options.yes) await createPrompts(context).confirm(`Replace the roles of ${name} with: ${list}?`);
      const user = await orMissing(client.updateUserRoles(name, { roles }, { signal }), `user "${name}"`);
      context.stdout.write(`Roles of ${user.username}: ${user.roles.map((role) => role.name).join(", ") || "none"}.\n`);
    });
}
