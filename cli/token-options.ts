/** The options that say what a token may do, shared by the commands that make and change one, and what the server calls them. */
import { type Command, Option } from "commander";
import { ApiError } from "#sdk/api-error.ts";
import type { APIKeyBoundary, CreateTokenRequest, UpdateTokenRequest } from "#sdk/api-keys.ts";
import type { Client } from "#sdk/client.ts";
import { resolveAllowEntries } from "./allow-entries.ts";
import type { GlobalOptions } from "./context.ts";
import { CliError } from "./failure.ts";
import { collectWords, parseLifetimeMs } from "./options.ts";

export interface GrantOptions extends GlobalOptions {
  readonly scope?: string[];
  readonly allow?: string[];
  /** Milliseconds. */
  readonly lifetime?: number;
  readonly description?: string;
  readonly boundaryScope?: string[];
  readonly boundaryAllow?: string[];
  /** Milliseconds. */
  readonly boundaryLifetime?: number;
}

/** How the commands describe `--lifetime`; one of them also takes it from the environment. */
export function lifetimeOption(help: string): Option {
  return new Option("--lifetime <time>", help).argParser(parseLifetimeMs);
}

/** Adds `--scope`, `--allow`, `--lifetime`, `--description` and the `--boundary-…` options. */
export function withGrantOptions(command: Command, lifetime: Option): Command {
  return command
    .option("--scope <name>", "what it may do, such as workspace:read; repeat for more; `proviso scopes list` shows all", collectWords)
    .option(
      "--allow <type:id>",
      "which objects it may touch, such as workspace:dev, workspace:<uuid> or template:*; repeat for more",
      collectWords,
    )
    .addOption(lifetime)
    .option("--description <text>", "what it is for")
    .option("--boundary-scope <name>", "the most that tokens made with this one may do; repeat for more", collectWords)
    .option("--boundary-allow <type:id>", "the most that tokens made with this one may touch; repeat for more", collectWords)
    .option("--boundary-lifetime <time>", "how long from now tokens made with this one may live at most", parseLifetimeMs);
}

export function userOption(): Option {
  return new Option("-u, --user <user>", "whose token, by name or id").default("me");
}

/** The same options with every object by its id. */
export async function resolveObjects<T extends GrantOptions>(client: Client, options: T, signal: AbortSignal): Promise<T> {
  const [allow, boundaryAllow] = await Promise.all(
    [options.allow, options.boundaryAllow].map((entries) => entries && resolveAllowEntries(client, entries, signal)),
  );
  return { ...options, ...(allow === undefined ? {} : { allow }), ...(boundaryAllow === undefined ? {} : { boundaryAllow }) };
}

/** What the options ask for; nothing of what they leave out. @param boundary what the token has so far */
export function toTokenRequest(options: GrantOptions, now: number, boundary?: APIKeyBoundary): CreateTokenRequest & UpdateTokenRequest {
  const { boundaryScope, boundaryAllow, boundaryLifetime } = options;
  const hasBoundary = boundaryScope !== undefined || boundaryAllow !== undefined || boundaryLifetime !== undefined;
  return {
    ...(options.scope === undefined ? {} : { scopes: options.scope }),
    ...(options.allow === undefined ? {} : { allow_list: options.allow }),
    ...(options.lifetime === undefined ? {} : { lifetime: Math.round(options.lifetime * NANOSECONDS_A_MS) }),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(hasBoundary
      ? {
          boundary: {
            ...boundary,
            ...(boundaryScope === undefined ? {} : { scopes: boundaryScope }),
            ...(boundaryAllow === undefined ? {} : { allow_list: boundaryAllow }),
            ...(boundaryLifetime === undefined ? {} : { expires_at: new Date(now + boundaryLifetime).toISOString() }),
          },
        }
      : {}),
  };
}

const NANOSECONDS_A_MS = 1_000_000;

/** The body's fields, by the options that fill them. */
const OPTION_OF: Readonly<Record<string, string>> = {
  name: "--name",
  token_name: "--name",
  scope: "--scope",
  scopes: "--scope",
  allow_list: "--allow",
  lifetime: "--lifetime",
  description: "--description",
  boundary: "--boundary-scope",
  "boundary.scopes": "--boundary-scope",
  "boundary.allow_list": "--boundary-allow",
  "boundary.expires_at": "--boundary-lifetime",
};

/**
 * Runs a request whose body comes from these options; what the server says of a field is said of its option.
 *
 * @param defaulted options that were left out and have a default, such as `--scope`
 */
export async function namingOptions<T>(request: Promise<T>, defaulted: readonly string[] = []): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.validations.length === 0) throw cause;
    const details = cause.validations.map(({ field, detail }) => {
      const option = OPTION_OF[field.replace(/[[./]\d+\]?$/, "")] ?? field;
      return `\t${option}: ${detail}${defaulted.includes(option) ? " (the default)" : ""}`;
    });
    throw new CliError(cause.message, { cause, details: cause.detail === "" ? details : [...details, ...cause.detail.split("\n")] });
  }
}
