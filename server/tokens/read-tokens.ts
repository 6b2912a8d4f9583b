import { apiKeyObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { ApiKey } from "../access/used-key-rows.ts";
import { NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { findKey } from "../keys/key-rows.ts";
import { findNamedKey, readableTokens, type TokenOfUser } from "./rows.ts";

/** Returns a session key or API token. @param options.userId a key of another user is treated as missing */
export const getKey = ruled(
  "apiKeys.get",
  async (context: Context, id: string, { userId }: { readonly userId?: UserId } = {}): Promise<ApiKey> => {
    const key = await findKey(context.db, id);
    return readable(context, userId === undefined || key?.user_id === userId ? key : undefined);
  },
);

export const getToken = ruled(
  "apiKeys.getByName",
  async (context: Context, userId: UserId, tokenName: string): Promise<ApiKey> =>
    readable(context, tokenName === "" ? undefined : await findNamedKey(context.db, userId, tokenName)),
);

/** Lists API tokens, not sessions, oldest first; expired ones only on request. @param filter.userId default: everybody's */
export const listTokens = ruled(
  "apiKeys.listTokens",
  (
    context: Context,
    { userId, includeExpired = false }: { readonly userId?: UserId; readonly includeExpired?: boolean },
  ): Promise<readonly TokenOfUser[]> => readableTokens(context, { userId, endsAfter: includeExpired ? undefined : context.now() }),
);

function readable({ guard }: Context, key: ApiKey | undefined): ApiKey {
  if (key === undefined) throw new NotFoundError("API key");
  guard.read(apiKeyObject({ id: key.id, userId: key.user_id }), "API key");
  return key;
}
