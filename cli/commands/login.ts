import { type Command, Option } from "commander";
import { ApiError } from "#sdk/api-error.ts";
import type { Client } from "#sdk/client.ts";
import { usernameProblem } from "#sdk/names.ts";
import type { User } from "#sdk/users.ts";
import { openConfigFolder } from "../config-folder.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { CliError } from "../failure.ts";
import { createPrompts, type Prompts } from "../prompt.ts";
import { createApiClient, findUrl, parseUrl } from "../session-client.ts";

interface LoginOptions extends GlobalOptions {
  readonly firstUserEmail?: string;
  readonly firstUserUsername?: string;
  readonly firstUserFullName?: string;
  readonly firstUserPassword?: string;
  readonly email?: string;
  readonly useTokenAsSession?: boolean;
}

export function addLoginCommand(parent: Command, context: CliContext): void {
  parent
    .command("login")
    .description("Log in to a server and save the session; on a new server, create the first user")
    .argument("[url]", "address of the server; default: --url, or the last server used")
    .addOption(new Option("--first-user-email <email>", "email address of the first user").env("CODER_FIRST_USER_EMAIL"))
    .addOption(new Option("--first-user-username <name>", "name of the first user").env("CODER_FIRST_USER_USERNAME"))
    .addOption(new Option("--first-user-full-name <name>", "full name of the first user").env("CODER_FIRST_USER_FULL_NAME"))
    .addOption(
      new Option("--first-user-password <password>", "password of the first user; prefer the environment variable").env(
        "CODER_FIRST_USER_PASSWORD",
      ),
    )
    .addOption(
      new Option("--email <email>", "email address to log in with; the password comes from PROVISO_PASSWORD or a prompt").env(
        "PROVISO_EMAIL",
      ),
    )
    .option("--use-token-as-session", "save the token of --token itself instead of opening a session with it")
    .addHelpText(
      "after",
      "\nWith --token, or preferably CODER_SESSION_TOKEN, login asks nothing: it opens a new session with the token and saves the session.\nAn API token cannot open a session, so the token itself is saved.",
    )
    .action(async (url: string | undefined, _options: unknown, command: Command) => {
      await login(context, url, command.optsWithGlobals<LoginOptions>());
    });
}

async function login(context: CliContext, argument: string | undefined, options: LoginOptions): Promise<void> {
  const { signal } = context.interrupts;
  const url = argument === undefined ? await findUrl(context, options) : parseUrl(argument);
  const anonymous = createApiClient(context, url, undefined);
  const prompts = createPrompts(context);
  const isSetUp = await anonymous.hasFirstUser({ signal });
  const opened = !isSetUp
    ? await setUp(context, anonymous, prompts, options)
    : options.token || (await openSession(context, anonymous, prompts, options));
  const user = await findMe(createApiClient(context, url, opened), signal);
  const session = isSetUp && options.token ? await exchangeToken(context, url, options.token, options) : opened;
  const folder = openConfigFolder(context, options);
  await folder.write("session", session);
  await folder.write("url", url);
  context.stdout.write(`Welcome to Proviso${user === undefined ? "" : `, ${user.username}`}! You are logged in to ${url}.\n`);
}

/** Returns undefined for a token that the server accepts but that may not read its own user. */
async function findMe(client: Client, signal: AbortSignal): Promise<User | undefined> {
  try {
    return await client.getUser("me", { signal });
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    if (cause.status === 401)
      throw new CliError(`${client.url} does not accept this token: check that it is complete and has not expired`, { cause });
    if (cause.status === 403 || cause.status === 404) return undefined;
    throw cause;
  }
}

/** Opens a session of our own in place of the given token, so that `proviso logout` ends this session and not the other one. */
async function exchangeToken(context: CliContext, url: string, token: string, options: LoginOptions): Promise<string> {
  if (options.useTokenAsSession) return token;
  if (parseCredential(token)?.kind !== "token") {
    try {
      return (await createApiClient(context, url, token).createSessionKey("me", { signal: context.interrupts.signal })).key;
    } catch (error) {
      if (!(error instanceof ApiError && (error.status === 403 || error.status === 404))) throw error;
    }
  }
  context.stderr.write("This token cannot open a session, so the token itself is saved. Its permissions and expiry stay as they are.\n");
  return token;
}

/** Creates the first user of a new server, who becomes its owner. */
async function setUp(context: CliContext, client: Client, prompts: Prompts, options: LoginOptions): Promise<string> {
  const { signal } = context.interrupts;
  if (!options.firstUserUsername && !context.stdin.isTTY) {
    throw new CliError(`${client.url} has no users yet, and stdin is not a terminal: create the first user with the --first-user options`);
  }
  context.stdout.write(`${client.url} has no users yet. The first user becomes the owner.\n`);
  const required = (what: string) => (value: string) => (value.trim() === "" ? `${what} is required` : undefined);
  const username = options.firstUserUsername || (await prompts.text("Username?", { validate: usernameProblem }));
  const name = options.firstUserFullName ?? (options.firstUserUsername ? "" : await prompts.text("Full name? (optional)"));
  const email = options.firstUserEmail || (await prompts.text("Email?", { validate: required("An email address") }));
  const password = options.firstUserPassword || (await askNewPassword(prompts));
  await client.createFirstUser({ username, name, email, password, trial: false }, { signal });
  return (await client.logIn({ email, password }, { signal })).session_token;
}

async function askNewPassword(prompts: Prompts): Promise<string> {
  const password = await prompts.secret("Password?", { validate: (value) => (value === "" ? "A password is required" : undefined) });
  await prompts.secret("Password again?", { validate: (value) => (value === password ? undefined : "The passwords do not match") });
  return password;
}

async function openSession(context: CliContext, client: Client, prompts: Prompts, options: LoginOptions): Promise<string> {
  const email = options.email || (await prompts.text("Email?"));
  const password = context.env.PROVISO_PASSWORD || (await prompts.secret("Password?"));
  try {
    return (await client.logIn({ email, password }, { signal: context.interrupts.signal })).session_token;
  } catch (cause) {
    // Somebody who is logging in does not need the hint to log in.
    if (cause instanceof ApiError && cause.status === 401) throw new CliError(cause.message, { cause });
    throw cause;
  }
}
