import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { ORGANIZATION_COLUMNS, ORGANIZATION_DEFAULTS } from "../organization-columns.ts";
import { type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient, findAnyOrganization } from "../session-client.ts";

export function addOrganizationsShowCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("show")
    .description("Show an organization")
    .argument("[organization]", "name or ID; default: the only one that you are a member of")
    .option("--only-id", "print only its ID");
  withOutputOptions(command, ORGANIZATION_COLUMNS, ORGANIZATION_DEFAULTS).action(
    async (name: string | undefined, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { onlyId?: boolean }>();
      const client = await createSessionClient(context, options);
      const organization = await findAnyOrganization(client, name, context.interrupts.signal);
      if (options.onlyId) {
        context.stdout.write(`${organization.id}\n`);
        return;
      }
      const table = { columns: ORGANIZATION_COLUMNS, defaults: ORGANIZATION_DEFAULTS };
      printRows(context, options, { ...table, rows: [organization], json: [organization] });
    },
  );
}
