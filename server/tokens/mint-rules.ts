import type { StoredBoundary, StoredCeiling } from "../database/tables/keys.ts";
import { BeyondGrantError, InvalidInputError } from "../errors.ts";
import { ceilingsForChildOf, endOf, excessBeyond, type HeldKey, isFullSession, limitsOf, MAX_CHAIN } from "../keys/grants.ts";
import { describeDuration, maximumLifetimeMs, NANOSECONDS_PER_MS, type TokenLifetimes } from "./lifetimes.ts";
import { beyondGrant } from "./refusal.ts";
import type { TokenWish } from "./token-request.ts";

/** For whom a key is made. */
export interface KeyUser {
  readonly id: string;
  /** As stored, without the implied `member`. */
  readonly siteRoles: readonly string[];
}

export interface MintTerms {
  readonly lifetimes: TokenLifetimes;
  readonly now: Date;
}

/** What a minted key gets beside what was wished for. */
export interface Minted {
  readonly expiresAt: Date;
  readonly ceilings: readonly StoredCeiling[];
  /** Whether a boundary of its own, and not just what it holds, let the parent mint this. */
  readonly usedBoundary: boolean;
}

/**
 * Whether `parent` may mint the token that is wished for, and with what end.
 *
 * @param parent as it is now, inside the transaction that inserts its child; it has not ended
 * @throws BeyondGrantError, InvalidInputError for times beyond the user's maximum
 */
export function planToken(parent: HeldKey, wish: TokenWish, user: KeyUser, { lifetimes, now }: MintTerms): Minted {
  const maximumMs = maximumLifetimeMs(lifetimes, user.siteRoles);
  checkLifetime(wish.lifetimeMs, maximumMs, "create");
  refuseBySessionOnly(parent, wish.boundary !== undefined);
  if (!isFullSession(parent)) refuseOtherUsers(parent, user, "makes tokens for");
  const ceilings = ceilingsForChildOf(parent);
  if (ceilings.length > MAX_CHAIN)
    throw new BeyondGrantError(`there are already ${MAX_CHAIN} tokens between this one and a session, and no more can follow`, []);

  const limits = limitsOf(parent);
  const end = endOf(limits);
  // Nobody asked for the default, so it is no reason to refuse.
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
 * The key of a new session, as after a login, for which only a session can ask.
 *
 * @throws BeyondGrantError
 */
export function planSession(parent: HeldKey, user: KeyUser, { lifetimes }: MintTerms): { readonly lifetimeMs: number } {
  if (!isFullSession(parent))
    throw new BeyondGrantError("only a session makes a session: a token would turn into its whole user", [
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

/** A token's limits are its user's to give; what they would come to under somebody else's roles nobody has said. @throws BeyondGrantError */
export function refuseOtherUsers(token: HeldKey, user: Pick<KeyUser, "id">, does: "makes tokens for" | "widens tokens of"): void {
  if (token.user_id !== user.id)
    throw new BeyondGrantError(`a token ${does} its own user only`, [{ field: "user", detail: "another user than the token's" }]);
}

/** @throws BeyondGrantError when a boundary is set by anything but a session */
export function refuseBySessionOnly(caller: HeldKey, setsBoundary: boolean): void {
  if (setsBoundary && !isFullSession(caller))
    throw new BeyondGrantError("only a session sets a boundary", [{ field: "boundary", detail: "leave it out, or sign in" }]);
}

/** @throws InvalidInputError when a boundary ends in the past, or later than any token of the user could */
export function checkBoundaryEnd(
  boundary: StoredBoundary | null | undefined,
  { now, maximumMs }: { readonly now: Date; readonly maximumMs: number },
): void {
  const text = boundary?.expires_at;
  if (text === null || text === undefined) return;
  const end = Date.parse(text);
  const wrong = (detail: string) => new InvalidInputError("Validation failed.", [{ field: "boundary.expires_at", detail }]);
  if (end <= now.getTime()) throw wrong("lies in the past");
  if (end > now.getTime() + maximumMs) throw wrong(`lies more than the user's maximum lifetime, ${describeDuration(maximumMs)}, ahead`);
}

function endedBoundary(end: number): BeyondGrantError {
  const detail = `ended at ${new Date(end).toISOString()}`;
  return new BeyondGrantError(`what this token may hand on ${detail}`, [{ field: "lifetime", detail }]);
}
