import { type Command, Option } from "commander";
import { ApiError } from "#sdk/api-error.ts";
import type { APIKey } from "#sdk/api-keys.ts";
import type { Client } from "#sdk/client.ts";
import type { User } from "#sdk/users.ts";
import { connect, findSession } from "../connect.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { type Columns, printRows } from "../print.ts";
import { formatAllowList, formatScopes, formatTime } from "../token-columns.ts";

type Me = User & { readonly url: string; readonly token?: APIKey };

const COLUMNS: Columns<Me> = {
  url: (row) => row.url,
  username: (row) => row.username,
  id: (row) => row.id,
  orgs: (row) => row.organization_ids.join(", "),
  roles: (row) => row.roles.map((role) => role.name).join(", "),
  scopes: (row) => (row.token === undefined ? "" : formatScopes(row.token.scopes)),
  "allow list": (row) => (row.token === undefined ? "" : formatAllowList(row.token.allow_list)),
};
const DEFAULTS = ["url", "username", "id"];

export function addWhoamiCommand(parent: Command, context: CliContext): void {
  parent
    .command("whoami")
    .description("Show which user you are, where, and what your token may do")
    .addOption(new Option("-o, --output <format>", "how to print").choices(["text", "table", "json"]).default("text"))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { output: "text" | "table" | "json" }>();
      const client = await connect(context, options);
      const { signal } = context.interrupts;
      const credential = parseCredential((await findSession(context, options)) ?? "");
      const token = credential?.kind === "token" ? { id: credential.id, key: await findOwnKey(client, credential.id, signal) } : undefined;
      if (options.output === "text") {
        await printText(context, client, token, signal);
        return;
      }
      const user = await client.user("me", { signal });
      const rows: Me[] = [{ url: client.url, ...user, ...(token?.key === undefined ? {} : { token: token.key }) }];
      const defaults = token?.key === undefined ? DEFAULTS : [...DEFAULTS, "scopes", "allow list"];
      printRows(context, { output: options.output }, { columns: COLUMNS, defaults, rows, json: rows });
    });
}

interface OwnToken {
  readonly id: string;
  /** Undefined: the token may not read itself. */
  readonly key: APIKey | undefined;
}

async function printText(context: CliContext, client: Client, token: OwnToken | undefined, signal: AbortSignal): Promise<void> {
  const user = await unlessRefused(client.user("me", { signal }), token !== undefined);
  context.stdout.write(`You are logged in to ${client.url}${user === undefined ? "" : ` as ${user.username}`}.\n`);
  if (token === undefined) return;
  if (token.key === undefined) {
    context.stdout.write(`Your token ${token.id} may not read itself, so what it may do is not known here.\n`);
    return;
  }
  const { token_name: name, scopes, allow_list: allowList, expires_at: expiresAt } = token.key;
  context.stdout.write(
    `Your token ${name} may use ${formatScopes(scopes)} on ${formatAllowList(allowList)} until ${formatTime(expiresAt)}.\n`,
  );
}

function findOwnKey(client: Client, id: string, signal: AbortSignal): Promise<APIKey | undefined> {
  return unlessRefused(client.tokens.byId("me", id, { signal }), true);
}

/** @param isNarrow whether a refusal is no failure: the token is good, and may not do this */
async function unlessRefused<T>(request: Promise<T>, isNarrow: boolean): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNarrow && error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}
