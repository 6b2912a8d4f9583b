import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, orMissing } from "../session-client.ts";

export function addUsersDeleteCommand(parent: Command, context: CliContext): void {
  parent
    .command("delete")
    .description("Delete a user who owns no workspaces; all of the user's tokens end")
    .argument("<user>", "name or id")
    .addOption(yesOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions>();
      const client = await createSessionClient(context, options);
      if (!options.yes) await createPrompts(context).confirm(`Delete ${name}?`, { defaultYes: false });
      await orMissing(client.deleteUser(name, { signal: context.interrupts.signal }), `user "${name}"`);
      context.stdout.write(`User ${name} is deleted.\n`);
    });
}
