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
    .description("End a token, which then no longer works")
    .argument("<token>", "name or ID; the ID is the part of a token before the dash")
    .option("--delete", "delete the token instead of keeping it in the list as expired")
    .option("--cascade", "also end the tokens created with it; default for a token, but not for a session")
    .option("--no-cascade", "keep the tokens created with it, within their boundary")
    .addOption(userOption())
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RemoveOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      // A complete token is not looked up, so that a token that may not read itself can still be ended.
      const credential = parseCredential(name);
      const key = credential === undefined ? await findToken(client, options.user, name, signal) : undefined;
      const id = credential?.id ?? key?.id ?? name;
      const isSession = (credential?.kind ?? key?.login_type) !== "token";
      const call = { signal, ...(options.cascade === undefined ? {} : { cascade: options.cascade }) };
      const ended = options.delete ? client.deleteAPIKey(options.user, id, call) : client.expireAPIKey(options.user, id, call);
      await orMissing(ended, `token with the ID ${id}`);
      const others = (options.cascade ?? !isSession) ? ", and all tokens created with it" : "";
      const what = isSession ? `session ${id}` : `token ${key?.token_name ?? id}`;
      context.stdout.write(`${options.delete ? "Deleted" : "Ended"} ${what}${others}.\n`);
    });
}
