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
The token is shown only once; stdout contains nothing else. Without --scope, it can do everything that its user can.
Without --allow, it can access every object.

Examples:
  $ proviso tokens create --name ci --lifetime 30d --scope coder:templates.push
  $ proviso tokens create --name nightly --scope coder:workspaces.operate --allow workspace:dev
  $ proviso tokens create --name planner --lifetime 8h --scope coder:apikeys.manage_self --boundary-scope workspace:read`;

export function addTokensCreateCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("create")
    .description("Create a token; it is shown only once")
    .addOption(new Option("-n, --name <name>", "name of the token; default: the server chooses one").env("CODER_TOKEN_NAME"))
    .addOption(userOption().env("CODER_TOKEN_USER"));
  withGrantOptions(command, lifetimeOption("lifetime, such as 8h, 30d or 1d12h30m; default: the maximum").env("CODER_TOKEN_LIFETIME"))
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<GrantOptions & { user: string; name?: string }>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const body = toTokenRequest(await resolveObjects(client, options, signal), context.now());
      // When a token creates a token, its boundary limits the lifetime. Only the server knows the boundary, so its default is used.
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
      // On stderr, so that $(proviso tokens create) is only the token.
      context.stderr.write("The token is not shown again. To use it, set CODER_SESSION_TOKEN.\n");
      context.stdout.write(`${key}\n`);
    });
}
