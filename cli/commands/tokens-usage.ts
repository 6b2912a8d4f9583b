import type { Command } from "commander";
import type { APIKeyScopeUsage, APIKeyUsage } from "#sdk/api-key-usage.ts";
import type { APIKey } from "#sdk/api-keys.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { findApiToken } from "../find-token.ts";
import { parseCount } from "../options.ts";
import { type Columns, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient } from "../session-client.ts";
import { shellWords } from "../shell-words.ts";
import { formatAllowList, formatScopes, formatTime } from "../token-columns.ts";
import { userOption } from "../token-options.ts";

const COLUMNS: Columns<APIKeyScopeUsage> = {
  scope: (row) => row.scope,
  times: (row) => String(row.count),
  "first used": (row) => formatTime(row.first_used_at),
  "last used": (row) => formatTime(row.last_used_at),
  objects: (row) => shorten(row.objects.map(({ id }) => OBJECTS[id] ?? id)),
  from: (row) => shorten(row.addresses.map(({ address }) => address)),
};
const DEFAULTS = ["scope", "times", "last used", "objects", "from"];

/** What the table shows for values that are not an ID. */
const OBJECTS: Readonly<Record<string, string>> = { "": "lists and new ones", "*": "others" };

interface UsageOptions extends GlobalOptions, OutputOptions {
  readonly user: string;
  readonly days: number;
}

export function addTokensUsageCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("usage")
    .description("Show what a token was used for, and the narrowest grant that would have been enough")
    .argument("<token>", "name or ID")
    .option("--days <count>", "number of days to look back", parseCount(1), 30)
    .addOption(userOption());
  withOutputOptions(command, COLUMNS, DEFAULTS).action(async (name: string, _options: unknown, self: Command) => {
    const options = self.optsWithGlobals<UsageOptions>();
    const client = await createSessionClient(context, options);
    const { signal } = context.interrupts;
    const token = await findApiToken(client, options.user, name, signal);
    const usage = await client.getTokenUsage(options.user, token.token_name, { signal, days: options.days });
    if (usage.scopes.length === 0 && options.output === "table") {
      context.stderr.write(`Token ${token.token_name} was not used in the last ${days(usage)}.\n`);
      return;
    }
    printRows(context, options, { columns: COLUMNS, defaults: DEFAULTS, rows: usage.scopes, json: usage });
    if (options.output === "table") context.stdout.write(`\n${describeSuggestion(token, usage, options.user)}\n`);
  });
}

function describeSuggestion(token: APIKey, usage: APIKeyUsage, user: string): string {
  const { scopes, allow_list: allowList } = usage.suggestion;
  if (scopes.length === 0) return "The token can no longer do any of this.";
  const isSame = formatScopes(scopes) === formatScopes(token.scopes) && formatAllowList(allowList) === formatAllowList(token.allow_list);
  if (isSame) return `In the last ${days(usage)}, the token needed all of its scopes and objects.`;
  const command = shellWords([
    ...["proviso", "tokens", "update", token.token_name],
    ...(user === "me" ? [] : ["--user", user]),
    ...scopes.flatMap((scope) => ["--scope", scope]),
    ...allowList.flatMap(({ type, id }) => ["--allow", `${type}:${id}`]),
  ]);
  return `For what the token did in the last ${days(usage)}, this would have been enough:\n\n  ${command}`;
}

function days({ days: count }: APIKeyUsage): string {
  return count === 1 ? "day" : `${count} days`;
}

/** Lists the first three, which are the latest. */
function shorten(words: readonly string[]): string {
  const rest = words.length - 3;
  return rest > 0 ? `${words.slice(0, 3).join(", ")} and ${rest} more` : words.join(", ");
}
