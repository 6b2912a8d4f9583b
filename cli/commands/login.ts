import { type Command, Option } from "commander";
import { ApiError } from "#sdk/api-error.ts";
import type { Client } from "#sdk/client.ts";
import { nameProblem } from "#sdk/names.ts";
import type { User } from "#sdk/users.ts";
import { openConfigFolder } from "../config-folder.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { parseCredential } from "../credential.ts";
import { CliError } from "../failure.ts";
import { createPrompts, type Prompts } from "../prompt.ts";
import { createClient, findUrl, parseUrl } from "../session-client.ts";

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
    .description("Log in to a server and remember the session; on a new server, make its first user")
    .argument("[url]", "address of the server; default: --url, or where you were last")
    .addOption(new Option("--first-user-email <email>", "e-mail of the first user").env("CODER_FIRST_USER_EMAIL"))
    .addOption(new Option("--first-user-username <name>", "name of the first user").env("CODER_FIRST_USER_USERNAME"))
    .addOption(new Option("--first-user-full-name <name>", "real name of the first user").env("CODER_FIRST_USER_FULL_NAME"))
    .addOption(
      new Option("--first-user-password <password>", "password of the first user; rather set the variable").env(
        "CODER_FIRST_USER_PASSWORD",
      ),
    )
    .addOption(new Option("--email <email>", "e-mail to log in with; the password is asked for, or PROVISO_PASSWORD").env("PROVISO_EMAIL"))
    .option("--use-token-as-session", "keep the token of --token itself, and open no session with it")
    .addHelpText(
      "after",
      "\nWith --token, or rather CODER_SESSION_TOKEN, no question is asked: a new session is opened with it and kept.\nAn API token opens none, and is kept itself.",
    )
    .action(async (url: string | undefined, _options: unknown, command: Command) => {
      await login(context, url, command.optsWithGlobals<LoginOptions>());
    });
}

async function login(context: CliContext, argument: string | undefined, options: LoginOptions): Promise<void> {
  const { signal } = context.interrupts;
  const url = argument === undefined ? await findUrl(context, options) : parseUrl(argument);
  const anonymous = createClient(context, url, undefined);
  const prompts = createPrompts(context);
  const isSetUp = await anonymous.hasFirstUser({ signal });
  const opened = !isSetUp
    ? await setUp(context, anonymous, prompts, options)
    : options.token || (await openSession(context, anonymous, prompts, options));
  const user = await findMe(createClient(context, url, opened), signal);
  const session = isSetUp && options.token ? await exchangeToken(context, url, options.token, options) : opened;
  const folder = openConfigFolder(context, options);
  await folder.write("session", session);
  await folder.write("url", url);
  context.stdout.write(`Welcome to Proviso${user === undefined ? "" : `, ${user.username}`}! You are logged in to ${url}.\n`);
}

/** Undefined for a token that the server takes, and that may not read its own user. */
async function findMe(client: Client, signal: AbortSignal): Promise<User | undefined> {
  try {
    return await client.getUser("me", { signal });
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    if (cause.status === 401) throw new CliError(`${client.url} does not accept this token`, { cause });
    if (cause.status === 403 || cause.status === 404) return undefined;
    throw cause;
  }
}

/** A session of our own in place of somebody's token, so that `proviso logout` ends this session and not theirs. */
async function exchangeToken(context: CliContext, url: string, token: string, options: LoginOptions): Promise<string> {
  if (options.useTokenAsSession) return token;
  if (parseCredential(token)?.kind !== "token") {
    try {
      return (await createClient(context, url, token).createSessionKey("me", { signal: context.interrupts.signal })).key;
    } catch (error) {
      if (!(error instanceof ApiError && (error.status === 403 || error.status === 404))) throw error;
    }
  }
  context.stderr.write("No session can be opened with this token: it is kept itself, with what it may do, until it ends.\n");
  return token;
}

/** Makes the first user of a new server, who becomes its owner. */
async function setUp(context: CliContext, client: Client, prompts: Prompts, options: LoginOptions): Promise<string> {
  const { signal } = context.interrupts;
  if (!options.firstUserUsername && !context.stdin.isTTY) {
    throw new CliError(`${client.url} has no user yet, and nobody is there to ask: give the --first-user options`);
  }
  context.stdout.write(`${client.url} has no user yet. Its first one becomes the owner.\n`);
  const required = (what: string) => (value: string) => (value.trim() === "" ? `${what} is needed` : undefined);
  const username = options.firstUserUsername || (await prompts.text("Username?", { validate: nameProblem }));
  const name = options.firstUserFullName ?? (options.firstUserUsername ? "" : await prompts.text("Full name? (may stay empty)"));
  const email = options.firstUserEmail || (await prompts.text("E-mail?", { validate: required("An e-mail address") }));
  const password = options.firstUserPassword || (await askNewPassword(prompts));
  await client.createFirstUser({ username, name, email, password, trial: false }, { signal });
  return (await client.logIn({ email, password }, { signal })).session_token;
}

async function askNewPassword(prompts: Prompts): Promise<string> {
  const password = await prompts.secret("Password?", { validate: (value) => (value === "" ? "A password is needed" : undefined) });
  await prompts.secret("The same again?", { validate: (value) => (value === password ? undefined : "The two differ") });
  return password;
}

async function openSession(context: CliContext, client: Client, prompts: Prompts, options: LoginOptions): Promise<string> {
  const email = options.email || (await prompts.text("E-mail?"));
  const password = context.env.PROVISO_PASSWORD || (await prompts.secret("Password?"));
  try {
    return (await client.logIn({ email, password }, { signal: context.interrupts.signal })).session_token;
  } catch (cause) {
    // Whoever is logging in need not be told to log in.
    if (cause instanceof ApiError && cause.status === 401) throw new CliError(cause.message, { cause });
    throw cause;
  }
}
