import type { Command } from "commander";
import { connect, orMissing } from "../connect.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { findToken } from "../find-token.ts";
import { userOption } from "../token-options.ts";

interface RemoveOptions extends GlobalOptions {
  readonly user: string;
  readonly delete?: boolean;
  readonly cascade?: boolean;
}

export function addTokensRemoveCommand(parent: Command, context: CliContext): void {
  parent
    .command("remove")
    .alias("delete")
    .description("End a token: it opens nothing any more")
    .argument("<token>", "its name, or its id, which is what stands before the dash in a token")
    .option("--delete", "delete it, instead of keeping it to be looked at as expired")
    .option("--cascade", "end the tokens that it made too, which is the default")
    .option("--no-cascade", "let the tokens that it made live on, inside the boundary that they were made with")
    .addOption(userOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RemoveOptions>();
      const client = await connect(context, options);
      const { signal } = context.interrupts;
      // Of a token that is at hand nothing need be looked up: one that may not read itself can still be ended.
      const credential = parseCredential(name);
      const { id, token_name: label } =
        credential === undefined ? await findToken(client, options.user, name, signal) : { id: credential.id, token_name: credential.id };
      const call = { signal, ...(options.cascade === undefined ? {} : { cascade: options.cascade }) };
      const ended = options.delete ? client.tokens.delete(options.user, id, call) : client.tokens.expire(options.user, id, call);
      await orMissing(ended, `token with the id ${id}`);
      const others = options.cascade === false ? "" : ", and so are the tokens that it made";
      context.stdout.write(`Token ${label || id} is ${options.delete ? "deleted" : "expired"}${others}.\n`);
    });
}
