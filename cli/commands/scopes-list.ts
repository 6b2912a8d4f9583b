import type { Command } from "commander";
import type { ScopeCatalogEntry } from "#sdk/auth-scopes.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { CliError } from "../failure.ts";
import { type Columns, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createApiClient, findUrl } from "../session-client.ts";

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
Column permissions: what the scope grants. Column defaults: the permissions of a composite scope that still apply to all objects
when --allow names none of their type. Column endpoints: the requests that need one of the permissions. No login is needed.

Examples:
  $ proviso scopes list workspace
  $ proviso scopes list coder:workspaces.create -c name,permissions,defaults`;

export function addScopesListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("list")
    .description("List the scopes that a token can have, and what each means")
    .argument("[text]", "only scopes with this text in their name")
    .option("--expand", "also show the permissions that each scope grants")
    .addHelpText("after", NOTES);
  withOutputOptions(command, COLUMNS, DEFAULTS).action(async (text: string | undefined, _options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { expand?: boolean }>();
    // Sent without the session: the catalog needs none, and an expired one would only cause an error.
    const client = createApiClient(context, await findUrl(context, options), undefined);
    const { scopes } = await client.getScopeCatalog({ signal: context.interrupts.signal });
    const rows = scopes.filter((scope) => scope.name.includes(text ?? ""));
    if (rows.length === 0 && options.output === "table")
      throw new CliError(`no scope has "${text}" in its name: list all with \`proviso scopes list\``);
    printRows(context, options, { columns: COLUMNS, defaults: options.expand ? [...DEFAULTS, "permissions"] : DEFAULTS, rows, json: rows });
  });
}
