import { type Command, Option } from "commander";
import { ApiError } from "#sdk/api-error.ts";
import type { AuthorizationExplanation } from "#sdk/authcheck.ts";
import type { User } from "#sdk/users.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { type Columns, printRows } from "../print.ts";
import { createSessionClient, findSession } from "../session-client.ts";
import { formatScopes } from "../token-columns.ts";

/** What the key of the request may do. Shown only for an API token, because a session may do everything that its user may. */
interface Held {
  readonly scopes: readonly string[];
  /** `type:id` entries. */
  readonly allow_list: readonly string[];
}

/** The user is missing if a limited token may not read it. */
type Me = Partial<User> & { readonly url: string } & Partial<Held>;

const COLUMNS: Columns<Me> = {
  url: (row) => row.url,
  username: (row) => row.username ?? "",
  id: (row) => row.id ?? "",
  orgs: (row) => (row.organization_ids ?? []).join(", "),
  roles: (row) => (row.roles ?? []).map((role) => role.name).join(", "),
  scopes: (row) => formatScopes(row.scopes ?? []),
  "allow list": (row) => formatScopes(row.allow_list ?? []),
};
const DEFAULTS = ["url", "username", "id"];

export function addWhoamiCommand(parent: Command, context: CliContext): void {
  parent
    .command("whoami")
    .description("Show your user, the server, and what your token can do")
    .addOption(new Option("-o, --output <format>", "output format").choices(["text", "table", "json"]).default("text"))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { output: "text" | "table" | "json" }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const credential = parseCredential((await findSession(context, options)) ?? "");
      const token = credential?.kind === "token" ? await client.explainAuthorization(ASK_ANYTHING, { signal }) : undefined;
      const user = await client.getUser("me", { signal }).catch((error: unknown) => {
        // A limited token is useful even if it may not read its own user.
        if (token !== undefined && error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
        throw error;
      });
      if (options.output === "text") {
        context.stdout.write(describeMe(client.url, user, token));
        return;
      }
      const held: Partial<Held> = token === undefined ? {} : { scopes: token.scope.names, allow_list: token.scope.allow_list };
      const rows: Me[] = [{ url: client.url, ...user, ...held }];
      const defaults = token === undefined ? DEFAULTS : [...DEFAULTS, "scopes", "allow list"];
      printRows(context, { output: options.output }, { columns: COLUMNS, defaults, rows, json: rows });
    });
}

/** The answer to any question includes what the key holds. This question names no object that could be missing. */
const ASK_ANYTHING = { object: { resource_type: "user", owner_id: "me" }, action: "read" };

function describeMe(url: string, user: User | undefined, token: AuthorizationExplanation | undefined): string {
  const lines = [`You are logged in to ${url}${user === undefined ? "" : ` as ${user.username}`}.`];
  if (token !== undefined) {
    const { names, allow_list: allowList } = token.scope;
    lines.push(`Your token has the scopes ${formatScopes(names)} on ${formatScopes(allowList)}.`);
    const { length } = token.ceilings;
    if (length > 0)
      lines.push(
        `It was created with another token, and is limited by the ${length === 1 ? "boundary of that token" : `boundaries of ${length} tokens`}.`,
      );
  }
  return `${lines.join("\n")}\n`;
}
