import { apiKeyObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { isToken } from "../keys/grants.ts";
import { lockedKey } from "../keys/key-change-rows.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { endKey, lockKeys } from "../keys/key-lineage.ts";

interface EndOptions {
  /** A key of another user is as missing as none. */
  readonly userId?: UserId;
  /** Whether the keys that it minted end too. Default: those of tokens */
  readonly cascade?: boolean | undefined;
}

/** Ends a session key or API token now, and keeps its row. */
export const expireKey = ruled("apiKeys.expire", (context: Context, id: string, options?: EndOptions) =>
  end(context, id, "expire", options),
);

/** Deletes a session key or API token. Children that stay become its parent's. */
export const deleteKey = ruled("apiKeys.delete", (context: Context, id: string, options?: EndOptions) =>
  end(context, id, "delete", options),
);

function end(context: Context, id: string, how: "expire" | "delete", { userId, cascade }: EndOptions = {}): Promise<void> {
  return context.write(async (tx) => {
    await lockKeys(context, tx);
    const key = await lockedKey(context, tx, id);
    if (key === undefined || (userId !== undefined && key.user_id !== userId)) throw new NotFoundError("API key");
    context.guard.require(how === "delete" ? "delete" : "update", apiKeyObject({ id: key.id, userId: key.user_id }), "API key");
    const changes = await endKey(context, tx, key, { how, cascade: cascade ?? isToken(key) });
    for (const change of changes)
      await auditKeyChange(context, tx, how === "delete" ? "delete" : "write", change, {
        ...(how === "expire" && { expired: true }),
        ...(change.before.id !== id && { ended_with: id }),
      });
  });
}
