import type { Command } from "commander";
import type { ProvisionerKey } from "#sdk/provisioner-keys.ts";
import type { CliContext } from "../context.ts";
import { type OrganizationOptions, organizationOption } from "../options.ts";
import { type Columns, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient, findOrganization } from "../session-client.ts";
import { formatTags } from "../tags.ts";

const COLUMNS: Columns<ProvisionerKey> = {
  "created at": (row) => row.created_at,
  name: (row) => row.name,
  tags: (row) => formatTags(row.tags),
};
const DEFAULTS = ["created at", "name", "tags"];

export function addProvisionerKeysListCommand(parent: Command, context: CliContext): void {
  const command = parent.command("list").description("List the provisioner keys of an organization").addOption(organizationOption());
  withOutputOptions(command, COLUMNS, DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<OrganizationOptions & OutputOptions>();
    const client = await createSessionClient(context, options);
    const { signal } = context.interrupts;
    const keys = await client.listProvisionerKeys((await findOrganization(client, options.org, signal)).id, { signal });
    if (keys.length === 0 && options.output === "table") {
      context.stderr.write("No provisioner keys found.\n");
      return;
    }
    printRows(context, options, { columns: COLUMNS, defaults: DEFAULTS, rows: keys, json: keys });
  });
}
