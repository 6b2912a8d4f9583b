import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { collectPairs, type OrganizationOptions, organizationOption } from "../options.ts";
import { createSessionClient, findOrganization } from "../session-client.ts";

export function addProvisionerKeysCreateCommand(parent: Command, context: CliContext): void {
  parent
    .command("create")
    .description("Make a key for provisioner daemons; it is shown this once")
    .argument("<name>")
    .option("-t, --tag <key=value>", "only jobs with this tag are for daemons of this key; repeat for more", collectPairs)
    .addOption(organizationOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<OrganizationOptions & { tag?: Record<string, string> }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const organization = await findOrganization(client, options.org, signal);
      const { key } = await client.createProvisionerKey(organization.id, { name, tags: options.tag ?? {} }, { signal });
      // The words go to stderr, so that $(proviso provisioner keys create NAME) is the key and nothing else.
      context.stderr.write(`Key ${name} of organization ${organization.name} is made. It is not shown again; start a daemon with it in\n`);
      context.stderr.write("CODER_PROVISIONER_DAEMON_KEY.\n\n");
      context.stdout.write(`${key}\n`);
    });
}
