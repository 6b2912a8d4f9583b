import { ApiError } from "#sdk/api-error.ts";
import type { APIKey } from "#sdk/api-keys.ts";
import type { Client } from "#sdk/client.ts";
import { parseCredential } from "./credential.ts";
import { CliError } from "./failure.ts";
import { orMissing } from "./session-client.ts";

/** Finds a user's token by its name, or a token or session key by its ID or its complete text. @throws CliError if there is none */
export async function findToken(client: Client, user: string, nameOrId: string, signal: AbortSignal): Promise<APIKey> {
  const credential = parseCredential(nameOrId);
  if (credential === undefined) {
    try {
      return await client.getTokenByName(user, nameOrId, { signal });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }
  const id = credential?.id ?? nameOrId.split("-")[0] ?? nameOrId;
  // A complete token must not be repeated: paths end up in logs, and messages on screens.
  const what = credential === undefined ? `token "${nameOrId}"` : `token with the ID ${id}`;
  return orMissing(
    client.getAPIKey(user, id, { signal }),
    what,
    "List your tokens with `proviso tokens list`; --include-expired includes expired ones.",
  );
}

/** Like {@link findToken}, for actions that only API tokens support. @throws CliError for a session key */
export async function findApiToken(client: Client, user: string, nameOrId: string, signal: AbortSignal): Promise<APIKey> {
  const key = await findToken(client, user, nameOrId, signal);
  if (key.login_type !== "token") throw new CliError(`${key.id} is a session, not an API token`);
  return key;
}
