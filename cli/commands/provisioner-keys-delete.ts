import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { type ConfirmOptions, type OrganizationOptions, organizationOption, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, findOrganization, orMissing } from "../session-client.ts";

export function addProvisionerKeysDeleteCommand(parent: Command, context: CliContext): void {
  parent
    .command("delete")
    .description("Delete a provisioner key; the server then refuses daemons that use it, and cancels the jobs that they run")
    .argument("<name>")
    .addOption(yesOption())
    .addOption(organizationOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions & OrganizationOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const organization = await findOrganization(client, options.org, signal);
      if (!options.yes) await createPrompts(context).confirm(`Delete provisioner key ${name}?`);
      await orMissing(
        client.deleteProvisionerKey(organization.id, name, { signal }),
        `provisioner key "${name}"`,
        "List keys with `proviso provisioner keys list`.",
      );
      context.stdout.write(`Deleted provisioner key ${name}.\n`);
    });
}
