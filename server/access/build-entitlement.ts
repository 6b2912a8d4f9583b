import type { Entitlement } from "#authz/entitlement.ts";
import type { Scope } from "#authz/scope.ts";
import type { StoredCeiling } from "../database/tables/keys.ts";
import type { Row } from "../database/tables.ts";
import { readScope } from "./subject-of-key.ts";

/** The columns of the key on which a limited entitlement depends. */
export type LimitingKey = Pick<Row<"api_keys">, "scopes" | "allow_list" | "boundary" | "ceilings" | "expires_at">;

type StoredGrant = Omit<StoredCeiling, "key_id">;

const NONE: Entitlement = { kind: "none" };

/**
 * What a build's agents are entitled to now. A limited entitlement is what its build was given, and no more than what the key that requested
 * the build still has: it ends with that key, or when the key would have ended, and shrinks when the key is narrowed.
 *
 * @param stored as the build's row has it, which anybody with write access to the database may have written
 * @param key undefined if it was deleted
 * @param onUnreadable called with what is wrong with a value that this program cannot read, and that therefore gives nothing
 */
export function entitlementOf(
  stored: unknown,
  key: LimitingKey | undefined,
  now: Date,
  onUnreadable: (problem: string) => void,
): Entitlement {
  const kind = typeof stored === "object" && stored !== null && "kind" in stored ? stored.kind : undefined;
  if (kind === "full" || kind === "none") return { kind };
  const grants = kind === "limited" && typeof stored === "object" && stored !== null && "grants" in stored ? stored.grants : undefined;
  if (!Array.isArray(grants) || grants.length === 0) {
    onUnreadable(stored === null ? "it is missing" : `unknown kind ${JSON.stringify(kind)}, or no grants`);
    return NONE;
  }
  if (key === undefined) return NONE;
  const scopes: Scope[] = [];
  for (const grant of [...grants, ...grantsOf(key)]) {
    const scope = readGrant(grant, now);
    if (scope === "ended") return NONE;
    if (typeof scope === "string") {
      onUnreadable(scope);
      return NONE;
    }
    scopes.push(scope);
  }
  return { kind: "limited", scopes };
}

/** What the key may do itself, what it may hand on, and what its ancestors may. */
function grantsOf({ scopes, allow_list, boundary, ceilings, expires_at }: LimitingKey): StoredGrant[] {
  const own = { scopes, allow_list, expires_at: expires_at.toISOString() };
  const bounded = {
    scopes: boundary?.scopes ?? scopes,
    allow_list: boundary?.allow_list ?? allow_list,
    expires_at: boundary?.expires_at ?? own.expires_at,
  };
  return boundary === null ? [own, ...ceilings] : [own, bounded, ...ceilings];
}

/** @returns the scope, `ended`, or a description of what is wrong with the grant */
function readGrant(grant: StoredGrant, now: Date): Scope | string {
  const endsAt = Date.parse(String(grant?.expires_at));
  if (Number.isNaN(endsAt)) return "a grant has no readable expiry";
  return endsAt <= now.getTime() ? "ended" : readScope(grant, "");
}
