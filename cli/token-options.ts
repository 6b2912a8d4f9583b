/** The options that say what a token can do, shared by the commands that create and change one, and their names in the API. */
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

/** Creates `--lifetime` with a command's own description; one of the commands also reads it from the environment. */
export function lifetimeOption(help: string): Option {
  return new Option("--lifetime <time>", help).argParser(parseLifetimeMs);
}

/** Adds `--scope`, `--allow`, `--lifetime`, `--description` and the `--boundary-…` options. */
export function withGrantOptions(command: Command, lifetime: Option): Command {
  return command
    .option("--scope <name>", "what the token can do, such as workspace:read; repeat for more; see `proviso scopes list`", collectWords)
    .option(
      "--allow <type:id>",
      "object that the token can access, such as workspace:dev, workspace:<uuid> or template:*; repeat for more",
      collectWords,
    )
    .addOption(lifetime)
    .option("--description <text>", "purpose of the token")
    .option("--boundary-scope <name>", "limit for what tokens created with this one can do; repeat for more", collectWords)
    .option(
      "--boundary-allow <type:id>",
      "limit for the objects that tokens created with this one can access; repeat for more",
      collectWords,
    )
    .option("--boundary-lifetime <time>", "time from now by which tokens created with this one must expire", parseLifetimeMs);
}

export function userOption(): Option {
  return new Option("-u, --user <user>", "owner of the token, by name or ID").default("me");
}

/** Returns the options with every object given by its ID. */
export async function resolveObjects<T extends GrantOptions>(client: Client, options: T, signal: AbortSignal): Promise<T> {
  const [allow, boundaryAllow] = await Promise.all(
    [options.allow, options.boundaryAllow].map((entries) => entries && resolveAllowEntries(client, entries, signal)),
  );
  return { ...options, ...(allow === undefined ? {} : { allow }), ...(boundaryAllow === undefined ? {} : { boundaryAllow }) };
}

/** Turns the options into a request; what they leave out is not in it. @param boundary the token's current boundary */
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

/** The option for each field of the request body. */
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
 * Awaits a request whose body comes from these options; if the server rejects a field, the error names its option.
 *
 * @param defaulted options that were not given and have a default, such as `--scope`
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
