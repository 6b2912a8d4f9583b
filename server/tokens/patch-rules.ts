import { RESOURCE_TYPES } from "#authz/resource-types.ts";
import type { StoredBoundary } from "../database/tables/keys.ts";
import { BeyondGrantError, InvalidInputError } from "../errors.ts";
import { boundaryOf, ceilingGrant, excessBeyond, type HeldKey, isFullSession, type KeyGrant, limitsOf, ownGrant } from "../keys/grants.ts";
import { maximumLifetimeMs } from "./lifetimes.ts";
import { checkBoundaryEnd, checkLifetime, type KeyUser, type MintTerms, refuseBySessionOnly, refuseOtherUsers } from "./mint-rules.ts";
import { beyondGrant } from "./refusal.ts";
import type { TokenPatch } from "./token-request.ts";

/** The columns of a token that a patch can change, with their new values. */
export interface PatchedToken {
  readonly scopes: readonly string[];
  readonly allow_list: readonly string[];
  readonly boundary: StoredBoundary | null;
  readonly expires_at: Date;
}

/**
 * Computes the token after a patch. Both what it then holds and what it may then hand on must be no more than before, or stay inside what
 * the caller may grant and inside the token's own ceilings. A token can widen neither itself nor another user's tokens.
 *
 * @param caller the key of the request, as it is now; it has not ended
 * @param user the user of the token
 * @throws BeyondGrantError, InvalidInputError for an ended token and for times beyond the user's maximum
 */
export function patchToken(
  {
    caller,
    callerRoles,
    token,
    patch,
    user,
  }: {
    readonly caller: HeldKey;
    /** The stored site roles of the caller's user. */
    readonly callerRoles: readonly string[];
    readonly token: HeldKey;
    readonly patch: TokenPatch;
    readonly user: KeyUser;
  },
  { lifetimes, now }: MintTerms,
): PatchedToken {
  if (token.expires_at <= now)
    throw new InvalidInputError(`the token ended at ${token.expires_at.toISOString()} and can no longer be changed: create another`);
  refuseBySessionOnly(caller, patch.boundary !== undefined);
  const maximumMs = maximumLifetimeMs(lifetimes, user.siteRoles);
  checkLifetime(patch.lifetimeMs, maximumMs, "update");
  checkBoundaryEnd(patch.boundary, { now, maximumMs });

  const patched: PatchedToken = {
    scopes: patch.scopes ?? token.scopes,
    allow_list: patch.allowList ?? token.allow_list,
    boundary: patch.boundary === undefined ? token.boundary : patch.boundary,
    expires_at: patch.lifetimeMs === undefined ? token.expires_at : new Date(now.getTime() + patch.lifetimeMs),
  };
  const limits = [...limitsOf(caller), ...token.ceilings.map(ceilingGrant)];
  const pairs: readonly Change[] = [
    { what: "the changed token", before: ownGrant(token), after: ownGrant(patched) },
    { what: "what the changed token may hand on", before: boundaryOf(token), after: boundaryOf(patched) },
  ];
  for (const { what, before, after } of pairs) {
    const gained = excessBeyond([before], after);
    if (gained === undefined) continue;
    if (caller.id === token.id) throw beyondGrant("a token that changes itself", gained);
    if (!isFullSession(caller)) refuseOtherUsers(caller, user, "widen tokens of");
    const excess = excessBeyond(limits, after);
    if (excess !== undefined) throw beyondGrant(what, excess);
    const raised = callerRoles.includes("owner") ? [] : raisedTo(before, after);
    if (raised.length > 0)
      throw new BeyondGrantError(
        `only an owner can give a token ${raised.join(", ")} while its allow list admits everything: narrow the list, or create a new token`,
        [{ field: "scopes", detail: raised.join(", ") }],
      );
  }
  return patched;
}

interface Change {
  readonly what: string;
  readonly before: KeyGrant;
  readonly after: KeyGrant;
}

/** A list of all types one by one is everything that there is, too. */
function admitsEverything(allowList: readonly string[]): boolean {
  return allowList.includes("*:*") || RESOURCE_TYPES.every((type) => allowList.includes(`${type}:*`));
}

/** Returns the scopes for everything, or for everything of a type, that a grant holds on all objects and did not hold before. */
function raisedTo(before: KeyGrant, after: KeyGrant): string[] {
  if (!admitsEverything(after.allowList)) return [];
  const had = admitsEverything(before.allowList) ? before.scopes : [];
  return after.scopes.filter((name) => (name === "coder:all" || name.endsWith(":*")) && !had.includes(name) && !had.includes("coder:all"));
}
