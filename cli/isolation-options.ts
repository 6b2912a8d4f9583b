/** Options of the commands that run jobs: what contains the code of templates. */
import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { Logger } from "pino";
import type { UidRange } from "#provisioner/isolation/job-user.ts";
import { CHOICES, type Choice } from "#provisioner/isolation/levels.ts";
import type { Isolation } from "#provisioner/isolation/sandbox.ts";
import { openConfigFolder } from "./config-folder.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { defaultDataDirectory } from "./data-directory.ts";
import { CliError } from "./failure.ts";

export interface IsolationSettings extends GlobalOptions {
  readonly isolation: Choice;
  readonly isolationUsers: UidRange;
}

export function isolationOption(): Option {
  return new Option("--isolation <level>", "what contains the code of templates; auto: the most that works here without a user of its own")
    .choices([...CHOICES])
    .default("auto")
    .env("PROVISO_ISOLATION");
}

export function isolationUsersOption(): Option {
  return new Option(
    "--isolation-users <first-last>",
    "numbers of users that jobs run as with the isolation `user`; nobody else may have them",
  )
    .env("PROVISO_ISOLATION_USERS")
    .default({ first: 2_000_000_000, last: 2_000_000_999 } satisfies UidRange, "2000000000-2000000999")
    .argParser(parseUsers);
}

function parseUsers(text: string): UidRange {
  const match = /^(\d{1,10})-(\d{1,10})$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  // The highest number of all means "unchanged" to the system.
  if (match === null || first < 1 || last < first || last >= 2 ** 32 - 1)
    throw new InvalidArgumentError("It must be two numbers of users, such as 2000000000-2000000999, without root's.");
  return { first, last };
}

/**
 * Finds out what works here.
 *
 * @param at.hidden further folders and files that no template's code may see, besides our own ones that may be on this machine
 * @throws CliError if the level that was asked for does not work
 */
export async function openIsolationFor(
  context: CliContext,
  options: IsolationSettings,
  at: { readonly hidden: readonly string[]; readonly workDirectory: string; readonly pluginCache?: string; readonly log: Logger },
): Promise<Isolation> {
  const { IsolationError, openIsolation } = await import("#provisioner/isolation/open-isolation.ts");
  try {
    return await openIsolation({
      choice: options.isolation,
      users: options.isolationUsers,
      env: context.env,
      ...at,
      hidden: [
        ...at.hidden,
        defaultDataDirectory(context),
        openConfigFolder(context, options).path,
        join(context.homeDirectory, ".pgpass"),
      ],
    });
  } catch (error) {
    if (error instanceof IsolationError) throw new CliError(error.message);
    throw error;
  }
}
