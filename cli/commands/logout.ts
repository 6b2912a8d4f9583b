import type { Command } from "commander";
import { ApiError } from "#sdk/api-error.ts";
import { openConfigFolder } from "../config-folder.ts";
import type { CliContext } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { CliError } from "../failure.ts";
import { type ConfirmOptions, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createClient, findUrl } from "../session-client.ts";

export function addLogoutCommand(parent: Command, context: CliContext): void {
  parent
    .command("logout")
    .description("End the session on the server, and forget it here; an API token is only forgotten")
    .addOption(yesOption())
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions>();
      const folder = openConfigFolder(context, options);
      const session = options.token || (await folder.read("session"));
      if (session === undefined) throw new CliError("you are not logged in");
      const url = await findUrl(context, options);
      if (!options.yes) await createPrompts(context).confirm(`Log out from ${url}?`);

      const credential = parseCredential(session);
      if (credential?.kind === "token") {
        // It was not made by this login, and others may live by it.
        await folder.clear();
        context.stdout.write(`You are logged out from ${url}. The token lives on; \`proviso tokens remove ${credential.id}\` ends it.\n`);
        return;
      }
      let failure: unknown;
      try {
        await createClient(context, url, session).logOut({ signal: context.interrupts.signal });
      } catch (error) {
        // A session that the server does not know any more has ended already.
        if (!(error instanceof ApiError && error.status === 401)) failure = error;
      }
      // Forgotten here whatever the server says: that is what was asked for.
      await folder.clear();
      if (failure !== undefined) {
        throw new CliError("the session is forgotten here, but the server could not be told to end it", { cause: failure });
      }
      context.stdout.write(`You are logged out from ${url}.\n`);
    });
}
