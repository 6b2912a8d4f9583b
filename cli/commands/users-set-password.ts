import { type Command, Option } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { CliError } from "../failure.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, orMissing } from "../session-client.ts";

interface PasswordOptions extends GlobalOptions {
  readonly password?: string;
}

export function addUsersSetPasswordCommand(parent: Command, context: CliContext): void {
  parent
    .command("set-password")
    .description("Change a password, which ends all of the user's sessions and tokens")
    .argument("[user]", "name or id; default: yourself", "me")
    .addOption(
      new Option("-p, --password <password>", "the new one; rather set the variable. Default: it is asked for").env(
        "PROVISO_NEW_USER_PASSWORD",
      ),
    )
    .addHelpText(
      "after",
      "\nYour own present password is asked for, or taken from PROVISO_PASSWORD. Needs a session: a narrow token may not.",
    )
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<PasswordOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const prompts = createPrompts(context);
      const [me, user] = await Promise.all([
        client.getUser("me", { signal }),
        orMissing(client.getUser(name, { signal }), `user "${name}"`, "`proviso users list` shows them."),
      ]);
      const isOwn = user.id === me.id;
      const old = isOwn ? context.env.PROVISO_PASSWORD || (await prompts.secret("Your present password?")) : undefined;
      const password = options.password || (await prompts.secret(`New password of ${user.username}?`));
      if (!options.password && (await prompts.secret("The same again?")) !== password) throw new CliError("the two differ");
      await client.updateUserPassword(user.id, { password, ...(old === undefined ? {} : { old_password: old }) }, { signal });
      context.stdout.write(`The password of ${user.username} is changed. All sessions and tokens of ${user.username} have ended.\n`);
      if (isOwn) context.stdout.write(`Log in again: proviso login ${client.url} --email ${user.email}\n`);
    });
}
