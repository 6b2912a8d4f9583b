import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient } from "../session-client.ts";
import { TOKEN_COLUMNS } from "../token-columns.ts";

const DEFAULTS = ["id", "name", "scopes", "allow list", "last used", "expires at", "created at"];

export function addTokensListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("list")
    .description("List tokens and what each can do")
    .option("-a, --all", "include the tokens of other users that you have access to")
    .option("--include-expired", "include expired tokens");
  withOutputOptions(command, TOKEN_COLUMNS, DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { all?: boolean; includeExpired?: boolean }>();
    const client = await createSessionClient(context, options);
    const tokens = await client.listTokens("me", {
      signal: context.interrupts.signal,
      include_all: options.all === true,
      include_expired: options.includeExpired === true,
    });
    if (tokens.length === 0 && options.output === "table") {
      context.stderr.write("No tokens found.\n");
      return;
    }
    const rows = tokens.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    printRows(context, options, { columns: TOKEN_COLUMNS, defaults: options.all ? [...DEFAULTS, "owner"] : DEFAULTS, rows, json: rows });
  });
}
