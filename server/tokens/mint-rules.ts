import type { StoredBoundary, StoredCeiling } from "../database/tables/keys.ts";
import { BeyondGrantError, InvalidInputError } from "../errors.ts";
import { ceilingsForChildOf, endOf, excessBeyond, type HeldKey, isFullSession, limitsOf, MAX_CHAIN } from "../keys/grants.ts";
import { describeDuration, maximumLifetimeMs, NANOSECONDS_PER_MS, type TokenLifetimes } from "./lifetimes.ts";
import { beyondGrant } from "./refusal.ts";
import type { TokenWish } from "./token-request.ts";

/** The user for whom a key is created. */
export interface KeyUser {
  readonly id: string;
  /** The stored roles, without the implied `member`. */
  readonly siteRoles: readonly string[];
}

export interface MintTerms {
  readonly lifetimes: TokenLifetimes;
  readonly now: Date;
}

/** What a minted key gets in addition to what was requested. */
export interface Minted {
  readonly expiresAt: Date;
  readonly ceilings: readonly StoredCeiling[];
  /** Whether the parent could mint this only because of a boundary of its own, not just because of what it holds. */
  readonly usedBoundary: boolean;
}

/**
 * Decides whether `parent` may mint the requested token, and when that token ends.
 *
 * @param parent as it is now, inside the transaction that inserts its child; it has not ended
 * @throws BeyondGrantError, InvalidInputError for times beyond the user's maximum
 */
export function planToken(parent: HeldKey, wish: TokenWish, user: KeyUser, { lifetimes, now }: MintTerms): Minted {
  const maximumMs = maximumLifetimeMs(lifetimes, user.siteRoles);
  checkLifetime(wish.lifetimeMs, maximumMs, "create");
  refuseBySessionOnly(parent, wish.boundary !== undefined);
  if (!isFullSession(parent)) refuseOtherUsers(parent, user, "create tokens for");
  const ceilings = ceilingsForChildOf(parent);
  if (ceilings.length > MAX_CHAIN)
    throw new BeyondGrantError(
      `there are already ${MAX_CHAIN} tokens between this one and a session, so it cannot create another: use one of the earlier tokens`,
      [],
    );

  const limits = limitsOf(parent);
  const end = endOf(limits);
  // Nobody requested the default, so it is no reason to refuse.
  const expiresAt =
    wish.lifetimeMs === undefined
      ? Math.min(now.getTime() + Math.min(lifetimes.defaultMs, maximumMs), end)
      : now.getTime() + wish.lifetimeMs;
  if (end <= now.getTime()) throw endedBoundary(end);
  const own = { scopes: wish.scopes, allowList: wish.allowList, expiresAt };
  const excess = excessBeyond(limits, own);
  if (excess !== undefined) throw beyondGrant("the new token", excess);
  checkBoundaryEnd(wish.boundary, { now, maximumMs });
  return { expiresAt: new Date(expiresAt), ceilings, usedBoundary: !isFullSession(parent) && parent.boundary !== null };
}

/**
 * Plans the key of a new session, as after a login. Only a session can request one.
 *
 * @throws BeyondGrantError
 */
export function planSession(parent: HeldKey, user: KeyUser, { lifetimes }: MintTerms): { readonly lifetimeMs: number } {
  if (!isFullSession(parent))
    throw new BeyondGrantError("only a session can create a session, because a token would gain all rights of its user", [
      { field: "scopes", detail: "coder:all, without any limit" },
    ]);
  return { lifetimeMs: Math.min(lifetimes.defaultMs, maximumLifetimeMs(lifetimes, user.siteRoles)) };
}

/** @param what is done, as the API's clients know it @throws InvalidInputError */
export function checkLifetime(lifetimeMs: number | undefined, maximumMs: number, what: "create" | "update"): void {
  if (lifetimeMs === undefined || lifetimeMs <= maximumMs) return;
  throw new InvalidInputError(`Failed to validate ${what} API key request.`, [
    { field: "lifetime", detail: `lifetime must be less than ${describeDuration(maximumMs)} (${maximumMs * NANOSECONDS_PER_MS} ns)` },
  ]);
}

/** A token's limits apply to its own user; what they would mean for another user's roles is undefined. @throws BeyondGrantError */
export function refuseOtherUsers(token: HeldKey, user: Pick<KeyUser, "id">, does: "create tokens for" | "widen tokens of"): void {
  if (token.user_id !== user.id)
    throw new BeyondGrantError(`a token can only ${does} its own user`, [{ field: "user", detail: "a user other than the token's" }]);
}

/** @throws BeyondGrantError if a boundary is set by anything but a session */
export function refuseBySessionOnly(caller: HeldKey, setsBoundary: boolean): void {
  if (setsBoundary && !isFullSession(caller))
    throw new BeyondGrantError("only a session can set a boundary", [{ field: "boundary", detail: "leave it out, or sign in" }]);
}

/** @throws InvalidInputError if a boundary ends in the past, or later than any token of the user could */
export function checkBoundaryEnd(
  boundary: StoredBoundary | null | undefined,
  { now, maximumMs }: { readonly now: Date; readonly maximumMs: number },
): void {
  const text = boundary?.expires_at;
  if (text === null || text === undefined) return;
  const end = Date.parse(text);
  const wrong = (detail: string) => new InvalidInputError("Validation failed.", [{ field: "boundary.expires_at", detail }]);
  if (end <= now.getTime()) throw wrong("is in the past");
  if (end > now.getTime() + maximumMs)
    throw wrong(`is further in the future than the user's maximum lifetime, ${describeDuration(maximumMs)}`);
}

function endedBoundary(end: number): BeyondGrantError {
  const detail = `ended at ${new Date(end).toISOString()}`;
  return new BeyondGrantError(`what this token may hand on ${detail}`, [{ field: "lifetime", detail }]);
}
