import { apiKeyObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { ApiKey } from "../access/used-key-rows.ts";
import type { Tx } from "../database/database.ts";
import { NameTakenError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { boundaryOf } from "../keys/grants.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { insertApiKey, type KeyWithSecret } from "../keys/key-rows.ts";
import type { TokenLifetimes } from "./lifetimes.ts";
import { planToken } from "./mint-rules.ts";
import { openChange } from "./open-change.ts";
import { randomTokenNames } from "./random-name.ts";
import { auditingRefusals } from "./refusal-entries.ts";
import { findNamedKey } from "./rows.ts";
import type { TokenWish } from "./token-request.ts";

/**
 * Mints an API token. Its parent is the key that the subject showed, whose row decides what the token may be given. A refusal is recorded
 * in the audit log.
 *
 * @throws BeyondGrantError, InvalidInputError for times, NameTakenError; CredentialEndedError if the minting key ended in the meantime
 */
export const mintToken = ruled(
  "apiKeys.mint",
  (context: Context, userId: UserId, wish: TokenWish, { lifetimes }: { readonly lifetimes: TokenLifetimes }): Promise<KeyWithSecret> =>
    auditingRefusals(context, "create", { target: wish.name ?? "", userId, asked: describeWish(wish) }, async () => {
      context.guard.requireOpenly("create", apiKeyObject({ userId }));
      return context.write(async (tx) => {
        const { caller, user } = await openChange(context, tx, userId);
        const at = context.now();
        const { expiresAt, ceilings, usedBoundary } = planToken(caller, wish, user, { lifetimes, now: at });
        const made = await insertApiKey(context, tx, {
          userId,
          loginType: "token",
          scopes: wish.scopes,
          allowList: wish.allowList,
          lifetimeSeconds: Math.floor((expiresAt.getTime() - at.getTime()) / 1_000),
          expiresAt,
          tokenName: await freeName(tx, userId, wish.name, at),
          description: wish.description,
          boundary: wish.boundary ?? null,
          mintedBy: caller.id,
          ceilings,
        });
        await auditKeyChange(context, tx, "create", made.key, { ...(usedBoundary && { boundary_used: boundaryFields(caller) }) });
        return made;
      });
    }),
);

/**
 * Checks the name before the row is inserted, because in PostgreSQL a refused insert would end the transaction. The lock keeps others from
 * taking it.
 */
async function freeName({ db }: Tx, userId: UserId, wished: string | undefined, now: Date): Promise<string> {
  if (wished === undefined) {
    for (const name of randomTokenNames(Math.random)) if ((await findNamedKey(db, userId, name)) === undefined) return name;
    throw new NameTakenError("token", "name", "");
  }
  const holder = await findNamedKey(db, userId, wished);
  if (holder === undefined) return wished;
  throw new NameTakenError("token", "name", wished, { hint: hintFor(holder, now) });
}

/** A token that has ended keeps its record, and its name, until somebody deletes it; most lists leave it out, so say that it is there. */
function hintFor({ id, expires_at }: ApiKey, now: Date): string {
  if (expires_at > now) return "";
  const ended = expires_at.toISOString().replace(/\.\d+Z$/, "Z");
  return `it expired at ${ended}, and \`proviso tokens remove ${id} --delete\` frees its name`;
}

function describeWish({ scopes, allowList, lifetimeMs, boundary }: TokenWish): Readonly<Record<string, unknown>> {
  return { scopes, allow_list: allowList, lifetime_ms: lifetimeMs, boundary };
}

function boundaryFields(key: ApiKey): Readonly<Record<string, unknown>> {
  const { scopes, allowList, expiresAt } = boundaryOf(key);
  return { scopes, allow_list: allowList, expires_at: new Date(expiresAt).toISOString() };
}
