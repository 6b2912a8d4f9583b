import type { Command } from "commander";
import { ApiError } from "#sdk/api-error.ts";
import { openConfigFolder } from "../config-folder.ts";
import type { CliContext } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { CliError } from "../failure.ts";
import { type ConfirmOptions, yesOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createApiClient, findUrl } from "../session-client.ts";

export function addLogoutCommand(parent: Command, context: CliContext): void {
  parent
    .command("logout")
    .description("End the session on the server and remove it from this machine; an API token is only removed")
    .addOption(yesOption())
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ConfirmOptions>();
      const folder = openConfigFolder(context, options);
      const session = options.token || (await folder.read("session"));
      if (session === undefined) throw new CliError("you are not logged in, so there is nothing to log out from");
      const url = await findUrl(context, options);
      if (!options.yes) await createPrompts(context).confirm(`Log out from ${url}?`);

      const credential = parseCredential(session);
      if (credential?.kind === "token") {
        // This login did not create it, and others may depend on it.
        await folder.clear();
        context.stdout.write(
          `You are logged out from ${url}. The token is still valid; \`proviso tokens remove ${credential.id}\` ends it.\n`,
        );
        return;
      }
      let failure: unknown;
      try {
        await createApiClient(context, url, session).logOut({ signal: context.interrupts.signal });
      } catch (error) {
        // A session that the server no longer knows has already ended.
        if (!(error instanceof ApiError && error.status === 401)) failure = error;
      }
      // Removed here whatever the server says: the user asked for that.
      await folder.clear();
      if (failure !== undefined) {
        throw new CliError("the session is removed from this machine, but it could not be ended on the server", { cause: failure });
      }
      context.stdout.write(`You are logged out from ${url}.\n`);
    });
}
