import { type Command, Option } from "commander";
import type { CliContext } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { createSessionClient, findSession } from "../session-client.ts";
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
Only the token is printed on stdout, this once. Without --scope it may do all that its user may; without --allow, to every object.

Examples:
  $ proviso tokens create --name ci --lifetime 30d --scope coder:templates.build --scope coder:templates.author
  $ proviso tokens create --name nightly --scope coder:workspaces.operate --allow workspace:dev
  $ proviso tokens create --name planner --lifetime 8h --scope coder:apikeys.manage_self --boundary-scope workspace:read`;

export function addTokensCreateCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("create")
    .description("Make a token; it is shown this once")
    .addOption(new Option("-n, --name <name>", "its name; default: the server makes one up").env("CODER_TOKEN_NAME"))
    .addOption(userOption().env("CODER_TOKEN_USER"));
  withGrantOptions(
    command,
    lifetimeOption("how long it lives, such as 8h, 30d or 1d12h30m; default: as long as it may").env("CODER_TOKEN_LIFETIME"),
  )
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<GrantOptions & { user: string; name?: string }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const body = toTokenRequest(await resolveObjects(client, options, signal), context.now());
      // What a token may make depends on its boundary, which the server knows: it is asked for its default.
      const isToken = parseCredential((await findSession(context, options)) ?? "")?.kind === "token";
      const lifetime = body.lifetime ?? (isToken ? undefined : (await client.getTokenConfig(options.user, { signal })).max_token_lifetime);
      const { key } = await namingOptions(
        client.createToken(
          options.user,
          { ...body, ...(lifetime === undefined ? {} : { lifetime }), ...(options.name ? { token_name: options.name } : {}) },
          { signal },
        ),
        [...(body.scopes === undefined ? ["--scope"] : []), ...(body.allow_list === undefined ? ["--allow"] : [])],
      );
      // On stderr, so that $(proviso tokens create) is the token and nothing else.
      context.stderr.write("This is the only time that the token is shown. Programs take it from CODER_SESSION_TOKEN.\n");
      context.stdout.write(`${key}\n`);
    });
}
