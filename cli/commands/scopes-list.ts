import type { Command } from "commander";
import type { ScopeCatalogEntry } from "#sdk/auth-scopes.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { CliError } from "../failure.ts";
import { type Columns, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createClient, findUrl } from "../session-client.ts";

const KINDS = { special: "special", low_level: "low-level", wildcard: "wildcard", composite: "composite" } as const;

const COLUMNS: Columns<ScopeCatalogEntry> = {
  name: (row) => row.name,
  kind: (row) => KINDS[row.kind] ?? row.kind,
  meaning: (row) => row.description,
  permissions: (row) => row.permissions.join(", "),
  defaults: (row) => row.defaults.join(", "),
  endpoints: (row) => row.endpoints.map(({ method, path }) => `${method} ${path}`).join(", "),
};
const DEFAULTS = ["name", "kind", "meaning"];

const NOTES = `
permissions are what a scope stands for; defaults are those of them that a composite keeps where --allow names no object of their type;
endpoints are the requests that ask for one of them. No login is needed.

Examples:
  $ proviso scopes list workspace
  $ proviso scopes list coder:workspaces.create -c name,permissions,defaults`;

export function addScopesListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("list")
    .description("List the scopes that a token can have, with what each means")
    .argument("[text]", "only those with this in their name")
    .option("--expand", "also show the permissions behind each")
    .addHelpText("after", NOTES);
  withOutputOptions(command, COLUMNS, DEFAULTS).action(async (text: string | undefined, _options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { expand?: boolean }>();
    // Without the session: an old one must not keep anybody from reading what needs none.
    const client = createClient(context, await findUrl(context, options), undefined);
    const { scopes } = await client.getScopeCatalog({ signal: context.interrupts.signal });
    const rows = scopes.filter((scope) => scope.name.includes(text ?? ""));
    if (rows.length === 0 && options.output === "table") throw new CliError(`there is no scope with "${text}" in its name`);
    printRows(context, options, { columns: COLUMNS, defaults: options.expand ? [...DEFAULTS, "permissions"] : DEFAULTS, rows, json: rows });
  });
}
