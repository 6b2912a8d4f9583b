import type { Command } from "commander";
import type { Template } from "#sdk/templates.ts";
import type { CliContext } from "../context.ts";
import { type OrganizationOptions, organizationOption } from "../options.ts";
import { type Columns, formatAge, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient } from "../session-client.ts";

const DEFAULTS = ["name", "organization name", "last updated"];

function columns(now: number): Columns<Template> {
  return {
    name: (row) => row.name,
    "created at": (row) => row.created_at,
    "last updated": (row) => formatAge(row.updated_at, now),
    "organization id": (row) => row.organization_id,
    "organization name": (row) => row.organization_name,
    provisioner: (row) => row.provisioner,
    "active version id": (row) => row.active_version_id,
    // The server returns a negative number until it has counted.
    "used by": (row) => (row.active_user_count < 0 ? "" : `${row.active_user_count} user${row.active_user_count === 1 ? "" : "s"}`),
    "default ttl": (row) => `${row.default_ttl_ms / 3_600_000}h`,
  };
}

export function addTemplatesListCommand(parent: Command, context: CliContext): void {
  const command = parent.command("list").description("List the templates that you have access to").addOption(organizationOption());
  withOutputOptions(command, columns(0), DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<OrganizationOptions & OutputOptions>();
    const client = await createSessionClient(context, options);
    const { signal } = context.interrupts;
    const templates = await (options.org ? client.listOrganizationTemplates(options.org, { signal }) : client.listTemplates({ signal }));
    if (templates.length === 0 && options.output === "table") {
      context.stderr.write("There are no templates yet. Push one with `proviso templates push`.\n");
      return;
    }
    printRows(context, options, { columns: columns(context.now()), defaults: DEFAULTS, rows: templates, json: templates });
  });
}
