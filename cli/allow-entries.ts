import type { Client } from "#sdk/client.ts";
import { CliError } from "./failure.ts";
import { findAnyOrganization, findAnyTemplate, findWorkspace, isUuid, orMissing } from "./session-client.ts";

/**
 * Turns entries into the `type:id` form that the server expects. An object may also be given by name: `workspace:dev`,
 * `workspace:owner/dev`, `template:docker`, `template:default/docker`, `user:ada`, `organization:default`. Everything else is sent as
 * written, and the server says what is wrong with it.
 *
 * @throws CliError if an object does not exist, or the caller does not have access to it
 */
export function resolveAllowEntries(client: Client, entries: readonly string[], signal: AbortSignal): Promise<string[]> {
  return Promise.all(
    entries.map(async (entry) => {
      const colon = entry.indexOf(":");
      const type = entry.slice(0, Math.max(colon, 0));
      const name = entry.slice(colon + 1).trim();
      const find = FINDERS.get(type);
      if (find === undefined || name === "" || name === "*" || isUuid(name)) return entry;
      try {
        return `${type}:${(await find(client, name, signal)).id}`;
      } catch (cause) {
        if (!(cause instanceof CliError)) throw cause;
        throw new CliError(cause.message, {
          cause,
          details: [...cause.details, `To allow an object that you do not have access to, give its ID: ${type}:<uuid>.`],
        });
      }
    }),
  );
}

type Finder = (client: Client, name: string, signal: AbortSignal) => Promise<{ readonly id: string }>;

const FINDERS: ReadonlyMap<string, Finder> = new Map<string, Finder>([
  ["workspace", findWorkspace],
  ["organization", findAnyOrganization],
  ["template", findAnyTemplate],
  [
    "user",
    (client, name, signal) => orMissing(client.getUser(name, { signal }), `user "${name}"`, "List users with `proviso users list`."),
  ],
]);
