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
    .description("Change a user's password, which ends all of the user's sessions and tokens")
    .argument("[user]", "name or ID; default: yourself", "me")
    .addOption(
      new Option("-p, --password <password>", "new password; prefer the environment variable; default: prompted for").env(
        "PROVISO_NEW_USER_PASSWORD",
      ),
    )
    .addHelpText(
      "after",
      "\nTo change your own password, give your current one in PROVISO_PASSWORD or at the prompt. Use a session: a limited token is not enough.",
    )
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<PasswordOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const prompts = createPrompts(context);
      const [me, user] = await Promise.all([
        client.getUser("me", { signal }),
        orMissing(client.getUser(name, { signal }), `user "${name}"`, "List users with `proviso users list`."),
      ]);
      const isOwn = user.id === me.id;
      const old = isOwn ? context.env.PROVISO_PASSWORD || (await prompts.secret("Your current password?")) : undefined;
      const password = options.password || (await prompts.secret(`New password for ${user.username}?`));
      if (!options.password && (await prompts.secret("New password again?")) !== password)
        throw new CliError("the passwords do not match: run the command again");
      await client.updateUserPassword(user.id, { password, ...(old === undefined ? {} : { old_password: old }) }, { signal });
      context.stdout.write(`Changed the password of ${user.username}. All sessions and tokens of ${user.username} have ended.\n`);
      if (isOwn) context.stdout.write(`Log in again: proviso login ${client.url} --email ${user.email}\n`);
    });
}
