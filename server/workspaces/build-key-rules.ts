import type { StoredCeiling } from "../database/tables/keys.ts";
import {
  ceilingsForChildOf,
  endOf,
  excessBeyond,
  type HeldKey,
  isFullSession,
  type KeyGrant,
  limitsOf,
  MAX_CHAIN,
  ownGrant,
} from "../keys/grants.ts";

/** The limits of the key that a build gets. */
export interface BuildKeyTerms {
  readonly scopes: readonly string[];
  /** `type:id` entries. */
  readonly allowList: readonly string[];
  readonly ceilings: readonly StoredCeiling[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Tells whether the key that requested a build may read the owner's personal data. If not, the template gets neither the owner's Git SSH
 * key nor external-auth tokens, because the holder of the key could read them there if he may also write the template.
 *
 * @param starter as for {@link buildKeyTerms}
 */
export function mayReadOwnersSecrets(starter: HeldKey, ownerId: string, now: Date): boolean {
  const asked: KeyGrant = { scopes: ["user:read_personal"], allowList: [`user:${ownerId}`], expiresAt: now.getTime() };
  return excessBeyond([ownGrant(starter), ...limitsOf(starter)], asked) === undefined;
}

/**
 * Decides the limits of a build's key. The build's template can read the key, and its author may be someone other than the user who started
 * the build. So the key has the rights of the starting key, may hand on what that may hand on, and ends no later. Returns undefined if the
 * build gets no key, because the key that requested it has ended or may not have further children.
 *
 * @param starter the API token that requested the build, in its current state
 * @param isFormerBuildKey whether `starter` is the key of the workspace's previous build, which the new key then replaces
 */
export function buildKeyTerms(
  starter: HeldKey | undefined,
  { now, lifetimeMs, isFormerBuildKey }: { readonly now: Date; readonly lifetimeMs: number; readonly isFormerBuildKey: boolean },
): BuildKeyTerms | undefined {
  const latest = now.getTime() + lifetimeMs;
  if (starter === undefined) return undefined;
  if (isFullSession(starter)) return { scopes: ["coder:all"], allowList: ["*:*"], ceilings: [], expiresAt: latest };
  const own = ownGrant(starter);
  const expiresAt = Math.min(latest, own.expiresAt, endOf(limitsOf(starter)));
  const ceilings = isFormerBuildKey ? starter.ceilings : ceilingsForChildOf(starter);
  if (expiresAt <= now.getTime() || own.expiresAt <= now.getTime() || ceilings.length > MAX_CHAIN) return undefined;
  return { scopes: own.scopes, allowList: own.allowList, ceilings, expiresAt };
}
