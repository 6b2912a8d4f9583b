import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, orMissing } from "../session-client.ts";

export function addUsersSuspendCommand(parent: Command, context: CliContext): void {
  parent
    .command("suspend")
    .description("Suspend a user, who can then no longer log in; workspaces and tokens are kept, but the tokens do not work")
    .argument("<user>", "name or ID")
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions>();
      const client = await createSessionClient(context, options);
      if (!options.yes) await createPrompts(context).confirm(`Suspend user ${name}?`);
      const user = await orMissing(client.suspendUser(name, { signal: context.interrupts.signal }), `user "${name}"`);
      context.stdout.write(`Suspended user ${user.username}.\n`);
    });
}

export function addUsersActivateCommand(parent: Command, context: CliContext): void {
  parent
    .command("activate")
    .alias("active")
    .description("Activate a suspended or dormant user")
    .argument("<user>", "name or ID")
    .action(async (name: string, _options: unknown, command: Command) => {
      const client = await createSessionClient(context, command.optsWithGlobals<ConfirmOptions>());
      const user = await orMissing(client.activateUser(name, { signal: context.interrupts.signal }), `user "${name}"`);
      context.stdout.write(`Activated user ${user.username}.\n`);
    });
}
