import type { StoredCeiling } from "../database/tables/keys.ts";
import {
  ceilingGrant,
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

/** How the key that a build gets is bounded. */
export interface BuildKeyTerms {
  readonly scopes: readonly string[];
  /** `type:id` entries. */
  readonly allowList: readonly string[];
  readonly ceilings: readonly StoredCeiling[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Whether what asked for a build may read what is personal to the workspace's owner. If not, the template gets neither the owner's Git SSH
 * key nor external-auth tokens: who may also write the template would read them there.
 *
 * @param starter as for {@link buildKeyTerms}
 */
export function mayReadOwnersSecrets(starter: HeldKey | undefined, ownerId: string, now: Date): boolean {
  if (starter === undefined) return false;
  const asked: KeyGrant = { scopes: ["user:read_personal"], allowList: [`user:${ownerId}`], expiresAt: now.getTime() };
  return excessBeyond([ownGrant(starter), ...starter.ceilings.map(ceilingGrant)], asked) === undefined;
}

/**
 * A build's template may read the key that the build gets, and the template's author may not be who started it. So the key holds what the
 * starting one holds, may hand on what that may hand on, and ends no later. Undefined: the build gets none, because the key that asked for
 * it is gone, or no further key may follow it.
 *
 * @param starter the API token that asked for the build, as it is now
 * @param isFormerBuildKey whether it is the key that the workspace's build before got: then the new one takes its place, and is not its child
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
