import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, orMissing } from "../session-client.ts";

export function addUsersSuspendCommand(parent: Command, context: CliContext): void {
  parent
    .command("suspend")
    .description("Let a user in no longer; workspaces and tokens stay, and open nothing")
    .argument("<user>", "name or id")
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions>();
      const client = await createSessionClient(context, options);
      if (!options.yes) await createPrompts(context).confirm(`Suspend ${name}?`);
      const user = await orMissing(client.suspendUser(name, { signal: context.interrupts.signal }), `user "${name}"`);
      context.stdout.write(`User ${user.username} is suspended.\n`);
    });
}

export function addUsersActivateCommand(parent: Command, context: CliContext): void {
  parent
    .command("activate")
    .alias("active")
    .description("Let a user in again")
    .argument("<user>", "name or id")
    .action(async (name: string, _options: unknown, command: Command) => {
      const client = await createSessionClient(context, command.optsWithGlobals<ConfirmOptions>());
      const user = await orMissing(client.activateUser(name, { signal: context.interrupts.signal }), `user "${name}"`);
      context.stdout.write(`User ${user.username} is active.\n`);
    });
}
