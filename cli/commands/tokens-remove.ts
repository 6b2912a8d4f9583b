import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { findToken } from "../find-token.ts";
import { createSessionClient, orMissing } from "../session-client.ts";
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
    .option("--cascade", "end the tokens that it made too, which is the default for tokens; a session's go on")
    .option("--no-cascade", "let the tokens that it made live on, inside the boundary that they were made with")
    .addOption(userOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RemoveOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      // Of a token that is at hand nothing need be looked up: one that may not read itself can still be ended.
      const credential = parseCredential(name);
      const key = credential === undefined ? await findToken(client, options.user, name, signal) : undefined;
      const id = credential?.id ?? key?.id ?? name;
      const isSession = (credential?.kind ?? key?.login_type) !== "token";
      const call = { signal, ...(options.cascade === undefined ? {} : { cascade: options.cascade }) };
      const ended = options.delete ? client.deleteAPIKey(options.user, id, call) : client.expireAPIKey(options.user, id, call);
      await orMissing(ended, `token with the id ${id}`);
      const others = (options.cascade ?? !isSession) ? ", and so are the tokens that it made" : "";
      const what = isSession ? `Session ${id}` : `Token ${key?.token_name ?? id}`;
      context.stdout.write(`${what} is ${options.delete ? "deleted" : "expired"}${others}.\n`);
    });
}
