import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";
import { type ConfirmOptions, collectRoles, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { describeRoles } from "../roles.ts";
import { createSessionClient, orMissing } from "../session-client.ts";

export function addUsersEditRolesCommand(parent: Command, context: CliContext): void {
  parent
    .command("edit-roles")
    .description("Replace the site roles of a user")
    .argument("<user>", "name or id")
    .option("--roles <names>", 'all of them, between commas; "" takes every role away', collectRoles)
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions & { roles?: string[] }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const { roles } = options;
      if (roles === undefined) {
        throw new CliError("name the roles with --roles", { details: describeRoles(await client.listSiteRoles({ signal })) });
      }
      const list = roles.join(", ") || "no role";
      if (!options.yes) await createPrompts(context).confirm(`Give ${name} ${list}, and nothing else?`);
      const user = await orMissing(client.updateUserRoles(name, { roles }, { signal }), `user "${name}"`);
      context.stdout.write(`User ${user.username} has now: ${user.roles.map((role) => role.name).join(", ") || "no role"}.\n`);
    });
}
