import { apiKeyObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { ApiKey } from "../access/used-key-rows.ts";
import { NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { lockedKey, updateKeyRow } from "../keys/key-change-rows.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { lockKeys, renewCeilings } from "../keys/key-lineage.ts";
import type { TokenLifetimes } from "./lifetimes.ts";
import { openChange } from "./open-change.ts";
import { patchToken } from "./patch-rules.ts";
import { auditingRefusals } from "./refusal-entries.ts";
import { findNamedKey } from "./rows.ts";
import type { TokenPatch } from "./token-request.ts";

/**
 * Changes an API token, and narrows its descendants with it. A refusal is recorded in the audit log.
 *
 * @throws BeyondGrantError, InvalidInputError for an expired token and for times; CredentialEndedError if the key of the request ended in
 *   the meantime
 */
export const updateToken = ruled(
  "apiKeys.update",
  (
    context: Context,
    userId: UserId,
    tokenName: string,
    patch: TokenPatch,
    { lifetimes }: { readonly lifetimes: TokenLifetimes },
  ): Promise<ApiKey> =>
    auditingRefusals(context, "write", { target: tokenName, userId, asked: describePatch(patch) }, () =>
      context.write(async (tx) => {
        await lockKeys(context, tx);
        const found = tokenName === "" ? undefined : await findNamedKey(tx.db, userId, tokenName);
        if (found === undefined) throw new NotFoundError("API key");
        context.guard.require("update", apiKeyObject({ id: found.id, userId: found.user_id }), "API key");
        const { caller, callerRoles, user } = await openChange(context, tx, userId);
        const token = await lockedKey(context, tx, found.id);
        if (token === undefined) throw new NotFoundError("API key");
        const at = context.now();
        const set = {
          ...patchToken({ caller, callerRoles, token, patch, user }, { lifetimes, now: at }),
          ...(patch.description !== undefined && { description: patch.description }),
          ...(patch.lifetimeMs !== undefined && { lifetime_seconds: Math.floor(patch.lifetimeMs / 1_000) }),
          updated_at: at,
        };
        await updateKeyRow(tx, token.id, set);
        const after = { ...token, ...set };
        const renewed = await renewCeilings(context, tx, after);
        await auditKeyChange(
          context,
          tx,
          "write",
          { before: token, after },
          { ...(patch.boundary !== undefined && { boundary_set: true }) },
        );
        for (const change of renewed) await auditKeyChange(context, tx, "write", change, { narrowed_with: token.id });
        return after;
      }),
    ),
);

function describePatch({ scopes, allowList, lifetimeMs, boundary }: TokenPatch): Readonly<Record<string, unknown>> {
  return { scopes, allow_list: allowList, lifetime_ms: lifetimeMs, boundary };
}
