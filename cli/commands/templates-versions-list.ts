import type { Command } from "commander";
import type { TemplateVersion } from "#sdk/template-versions.ts";
import type { CliContext } from "../context.ts";
import { type OrganizationOptions, organizationOption } from "../options.ts";
import { type Columns, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient, findTemplate, nameOrganization } from "../session-client.ts";

type Row = TemplateVersion & { readonly active: boolean };

const COLUMNS: Columns<Row> = {
  name: (row) => row.name,
  "created at": (row) => row.created_at,
  "created by": (row) => row.created_by.username,
  status: (row) => row.job.status,
  active: (row) => (row.active ? "Active" : ""),
  archived: (row) => (row.archived ? "Archived" : ""),
};
const DEFAULTS = ["name", "created at", "created by", "status", "active"];

export function addTemplatesVersionsListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("list")
    .description("List the versions of a template")
    .argument("<template>")
    .option("--include-archived", "include archived versions")
    .addOption(organizationOption());
  withOutputOptions(command, COLUMNS, DEFAULTS).action(async (name: string, _options: unknown, self: Command) => {
    const options = self.optsWithGlobals<OrganizationOptions & OutputOptions & { includeArchived?: boolean }>();
    const client = await createSessionClient(context, options);
    const { signal } = context.interrupts;
    const organization = await nameOrganization(client, options.org, signal);
    const template = await findTemplate(client, organization, name, signal);
    const versions = (await client.listTemplateVersions(template.id, { signal }))
      .filter((version) => options.includeArchived === true || !version.archived)
      .map((version) => ({ ...version, active: version.id === template.active_version_id }));
    printRows(context, options, { columns: COLUMNS, defaults: DEFAULTS, rows: versions, json: versions });
  });
}
