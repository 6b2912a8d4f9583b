import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { collectPairs, type OrganizationOptions, organizationOption } from "../options.ts";
import { createSessionClient, findOrganization } from "../session-client.ts";

export function addProvisionerKeysCreateCommand(parent: Command, context: CliContext): void {
  parent
    .command("create")
    .description("Create a key for provisioner daemons; it is shown only once")
    .argument("<name>")
    .option("-t, --tag <key=value>", "daemons with this key run only jobs with this tag; repeat for more", collectPairs)
    .addOption(organizationOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<OrganizationOptions & { tag?: Record<string, string> }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const organization = await findOrganization(client, options.org, signal);
      const { key } = await client.createProvisionerKey(organization.id, { name, tags: options.tag ?? {} }, { signal });
      // The message goes to stderr, so that $(proviso provisioner keys create NAME) is only the key.
      context.stderr.write(
        `Created provisioner key ${name} in organization ${organization.name}. It is not shown again. To start a daemon, set it as\n`,
      );
      context.stderr.write("CODER_PROVISIONER_DAEMON_KEY.\n\n");
      context.stdout.write(`${key}\n`);
    });
}
