import { ApiError } from "#sdk/api-error.ts";
import type { APIKey } from "#sdk/api-keys.ts";
import type { Client } from "#sdk/client.ts";
import { parseCredential } from "./credential.ts";
import { CliError } from "./failure.ts";
import { orMissing } from "./session-client.ts";

/** A user's token by its name, or a token or session key by its id, or by its whole text. @throws CliError if there is none */
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
  // Not what was typed, if that is a token: paths end up in logs, messages on screens.
  const what = credential === undefined ? `token "${nameOrId}"` : `token with the id ${id}`;
  return orMissing(client.getAPIKey(user, id, { signal }), what, "`proviso tokens list` shows yours; expired ones with --include-expired.");
}

/** The same, for what only API tokens can. @throws CliError for a session key */
export async function findApiToken(client: Client, user: string, nameOrId: string, signal: AbortSignal): Promise<APIKey> {
  const key = await findToken(client, user, nameOrId, signal);
  if (key.login_type !== "token") throw new CliError(`${key.id} is the key of a session, and no token`);
  return key;
}
