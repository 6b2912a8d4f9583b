import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient, orMissing } from "../session-client.ts";
import { USER_COLUMNS } from "../user-columns.ts";

const DEFAULTS = ["username", "name", "email", "status", "roles", "last seen at", "id"];

export function addUsersShowCommand(parent: Command, context: CliContext): void {
  const command = parent.command("show").description("Show a user").argument("<user>", "name, ID, or me");
  withOutputOptions(command, USER_COLUMNS, DEFAULTS).action(async (name: string, _options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions>();
    const client = await createSessionClient(context, options);
    const user = await orMissing(
      client.getUser(name, { signal: context.interrupts.signal }),
      `user "${name}"`,
      "List users with `proviso users list`.",
    );
    printRows(context, options, { columns: USER_COLUMNS, defaults: DEFAULTS, rows: [user], json: [user] });
  });
}
