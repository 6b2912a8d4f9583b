import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, orMissing } from "../session-client.ts";

export function addUsersDeleteCommand(parent: Command, context: CliContext): void {
  parent
    .command("delete")
    .description("Delete a user who owns no workspaces, which also ends all of the user's tokens")
    .argument("<user>", "name or ID")
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions>();
      const client = await createSessionClient(context, options);
      if (!options.yes) await createPrompts(context).confirm(`Delete user ${name}?`, { defaultYes: false });
      await orMissing(client.deleteUser(name, { signal: context.interrupts.signal }), `user "${name}"`);
      context.stdout.write(`Deleted user ${name}.\n`);
    });
}
