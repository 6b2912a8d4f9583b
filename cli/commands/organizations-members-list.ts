import type { Command } from "commander";
import type { OrganizationMemberWithUserData } from "#sdk/organizations.ts";
import type { CliContext } from "../context.ts";
import { type OrganizationOptions, organizationOption } from "../options.ts";
import { type Columns, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient, findAnyOrganization } from "../session-client.ts";
import { formatTime } from "../token-columns.ts";

const COLUMNS: Columns<OrganizationMemberWithUserData> = {
  username: (row) => row.username,
  name: (row) => row.name ?? "",
  "user id": (row) => row.user_id,
  "organization id": (row) => row.organization_id,
  email: (row) => row.email,
  status: (row) => row.status,
  "created at": (row) => formatTime(row.created_at),
  "updated at": (row) => formatTime(row.updated_at),
  "organization roles": (row) => row.roles.map((role) => role.name).join(", "),
  "site roles": (row) => row.global_roles.map((role) => role.name).join(", "),
};
const DEFAULTS = ["username", "organization roles"];

export function addOrganizationsMembersListCommand(parent: Command, context: CliContext): void {
  const command = parent.command("list").description("List the members of an organization").addOption(organizationOption());
  withOutputOptions(command, COLUMNS, DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<OrganizationOptions & OutputOptions>();
    const client = await createSessionClient(context, options);
    const { signal } = context.interrupts;
    const rows = await client.listMembers((await findAnyOrganization(client, options.org, signal)).id, { signal });
    if (rows.length === 0 && options.output === "table") {
      context.stderr.write("No members found.\n");
      return;
    }
    printRows(context, options, { columns: COLUMNS, defaults: DEFAULTS, rows, json: rows });
  });
}
