import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { findToken } from "../find-token.ts";
import { type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient } from "../session-client.ts";
import { TOKEN_COLUMNS } from "../token-columns.ts";
import { userOption } from "../token-options.ts";

const DEFAULTS = Object.keys(TOKEN_COLUMNS).filter((name) => name !== "owner");

export function addTokensViewCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("view")
    .description("Show a token and what it can do")
    .argument("<token>", "name or ID")
    .addOption(userOption());
  withOutputOptions(command, TOKEN_COLUMNS, DEFAULTS).action(async (name: string, _options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { user: string }>();
    const client = await createSessionClient(context, options);
    const token = await findToken(client, options.user, name, context.interrupts.signal);
    printRows(context, options, { columns: TOKEN_COLUMNS, defaults: DEFAULTS, rows: [token], json: [token] });
  });
}
