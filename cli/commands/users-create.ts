import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import { usernameProblem } from "#sdk/names.ts";
import type { CreateUserRequest } from "#sdk/users.ts";
import type { CliContext } from "../context.ts";
import { collectWords, type OrganizationOptions, organizationOption } from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { createSessionClient, findOrganization } from "../session-client.ts";

interface CreateOptions extends OrganizationOptions {
  readonly email?: string;
  readonly username?: string;
  readonly fullName?: string;
  readonly password?: string;
  readonly loginType: "password" | "none";
  readonly role?: string[];
}

export function addUsersCreateCommand(parent: Command, context: CliContext): void {
  parent
    .command("create")
    .description("Create a user")
    .option("-e, --email <email>", "email address; prompted for if not given")
    .option("-u, --username <name>", "username; prompted for if not given")
    .option("-n, --full-name <name>", "full name")
    .addOption(
      new Option(
        "-p, --password <password>",
        "initial password; prefer the environment variable; default: a random one, which is shown",
      ).env("PROVISO_NEW_USER_PASSWORD"),
    )
    .addOption(
      new Option("--login-type <type>", "password, or none for a user who uses only tokens")
        .choices(["password", "none"])
        .default("password"),
    )
    .option("--role <name>", "site role, such as auditor; repeat for more", collectWords)
    .addOption(organizationOption())
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const organization = await findOrganization(client, options.org, signal);
      const prompts = createPrompts(context);
      const username = options.username || (await prompts.text("Username?", { validate: usernameProblem }));
      const email =
        options.email ||
        (await prompts.text("Email?", { validate: (value) => (value === "" ? "An email address is required" : undefined) }));
      const password = options.loginType === "none" ? undefined : options.password || makePassword();
      const body: CreateUserRequest = {
        username,
        email,
        login_type: options.loginType,
        organization_ids: [organization.id],
        ...(password === undefined ? {} : { password }),
        ...(options.fullName ? { name: options.fullName } : {}),
        ...(options.role === undefined ? {} : { roles: options.role }),
      };
      const user = await client.createUser(body, { signal });
      context.stdout.write(`Created user ${user.username} in organization ${organization.name}.\n`);
      if (password === undefined || options.password) return;
      context.stdout.write(
        `\nAsk ${user.username} to log in and to change the password with \`proviso users set-password\`. It is not shown again:\n\n`,
      );
      context.stdout.write(`  proviso login ${client.url} --email ${user.email}\n  password: ${password}\n`);
    });
}

/** 144 random bits. */
function makePassword(): string {
  return randomBytes(18).toString("base64url");
}
