import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";
import { findApiToken } from "../find-token.ts";
import { createSessionClient } from "../session-client.ts";
import { formatAllowList, formatBoundary, formatScopes, formatTime } from "../token-columns.ts";
import {
  type GrantOptions,
  lifetimeOption,
  namingOptions,
  resolveObjects,
  toTokenRequest,
  userOption,
  withGrantOptions,
} from "../token-options.ts";

const EXAMPLES = `
Only what is given changes; --scope and --allow replace the whole list. Anyone who may change a token can narrow it,
but nobody can widen it beyond what they may grant.

Examples:
  $ proviso tokens update ci --scope template:read --scope file:create
  $ proviso tokens update ci --lifetime 30d
  $ proviso tokens update planner --no-boundary`;

export function addTokensUpdateCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("update")
    .description("Change what a token can do, or its lifetime")
    .argument("<token>", "name or ID")
    .addOption(userOption());
  withGrantOptions(command, lifetimeOption("lifetime from now on, such as 8h, 30d or 1d12h30m"))
    .option("--no-boundary", "remove the boundary: tokens created with this one can do at most what it can do itself")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<GrantOptions & { user: string; boundary: boolean }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const token = await findApiToken(client, options.user, name, signal);
      const body = toTokenRequest(await resolveObjects(client, options, signal), context.now(), token.boundary);
      if (!options.boundary && body.boundary !== undefined)
        throw new CliError("--no-boundary cannot be combined with the other --boundary options");
      if (!options.boundary) body.boundary = {};
      if (Object.keys(body).length === 0) throw new CliError("nothing to change: give an option such as --scope or --lifetime");
      const updated = await namingOptions(client.updateToken(options.user, token.token_name, body, { signal }));
      context.stdout.write(
        `Token ${updated.token_name} can now use ${formatScopes(updated.scopes)} on ${formatAllowList(updated.allow_list)} until ${formatTime(updated.expires_at)}.\n`,
      );
      if (updated.boundary !== undefined)
        context.stdout.write(`Boundary of the tokens created with it: ${formatBoundary(updated.boundary)}.\n`);
    });
}
