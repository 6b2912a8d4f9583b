import type { Command } from "commander";
import { connect, findAnyOrganization } from "../connect.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { ORGANIZATION_COLUMNS, ORGANIZATION_DEFAULTS } from "../organization-columns.ts";
import { type OutputOptions, printRows, withOutputOptions } from "../print.ts";

export function addOrganizationsShowCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("show")
    .description("Show one organization")
    .argument("[organization]", "name or id; default: the only one that you are in")
    .option("--only-id", "print its id and nothing else");
  withOutputOptions(command, ORGANIZATION_COLUMNS, ORGANIZATION_DEFAULTS).action(
    async (name: string | undefined, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { onlyId?: boolean }>();
      const client = await connect(context, options);
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
