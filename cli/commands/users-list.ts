import type { Command } from "commander";
import type { Client } from "#sdk/client.ts";
import type { User } from "#sdk/users.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient } from "../session-client.ts";
import { USER_COLUMNS, USER_DEFAULTS } from "../user-columns.ts";

const PAGE = 100;

export function addUsersListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("list")
    .description("List users")
    .option("--search <terms>", "filter: part of a name or email address, or terms such as status:active role:owner");
  withOutputOptions(command, USER_COLUMNS, USER_DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { search?: string }>();
    const users = await findUsers(await createSessionClient(context, options), options.search ?? "", context.interrupts.signal);
    if (users.length === 0 && options.output === "table") {
      context.stderr.write("No users found.\n");
      return;
    }
    printRows(context, options, { columns: USER_COLUMNS, defaults: USER_DEFAULTS, rows: users, json: users });
  });
}

/** Fetches all users, page by page. */
async function findUsers(client: Client, search: string, signal: AbortSignal): Promise<User[]> {
  const users: User[] = [];
  for (;;) {
    const page = await client.listUsers({ signal, q: search, limit: PAGE, offset: users.length });
    users.push(...page.users);
    if (page.users.length === 0 || users.length >= page.count) return users;
  }
}
