import { type Command, Option } from "commander";
import type { User } from "#sdk/users.ts";
import { connect } from "../connect.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { type Columns, printRows } from "../print.ts";

const COLUMNS: Columns<User & { url: string }> = {
  url: (row) => row.url,
  username: (row) => row.username,
  id: (row) => row.id,
  orgs: (row) => row.organization_ids.join(", "),
  roles: (row) => row.roles.map((role) => role.name).join(", "),
};
const DEFAULTS = ["url", "username", "id"];

export function addWhoamiCommand(parent: Command, context: CliContext): void {
  parent
    .command("whoami")
    .description("Show which user you are, and where")
    .addOption(new Option("-o, --output <format>", "how to print").choices(["text", "table", "json"]).default("text"))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { output: "text" | "table" | "json" }>();
      const client = await connect(context, options);
      const user = { url: client.url, ...(await client.user("me", { signal: context.interrupts.signal })) };
      if (options.output === "text") {
        context.stdout.write(`You are logged in to ${client.url} as ${user.username}.\n`);
        return;
      }
      printRows(context, { output: options.output }, { columns: COLUMNS, defaults: DEFAULTS, rows: [user], json: [user] });
    });
}
