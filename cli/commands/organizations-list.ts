import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { ORGANIZATION_COLUMNS, ORGANIZATION_DEFAULTS } from "../organization-columns.ts";
import { type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient } from "../session-client.ts";

export function addOrganizationsListCommand(parent: Command, context: CliContext): void {
  const command = parent.command("list").description("List the organizations that you have access to");
  withOutputOptions(command, ORGANIZATION_COLUMNS, ORGANIZATION_DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions>();
    const client = await createSessionClient(context, options);
    const rows = await client.listOrganizations({ signal: context.interrupts.signal });
    if (rows.length === 0 && options.output === "table") {
      context.stderr.write("No organizations found.\n");
      return;
    }
    printRows(context, options, { columns: ORGANIZATION_COLUMNS, defaults: ORGANIZATION_DEFAULTS, rows, json: rows });
  });
}
