import type { APIAllowListTarget, APIKey, APIKeyBoundary, APIKeyWithOwner } from "#sdk/api-keys.ts";
import type { ListedKey } from "./key-rows.ts";

/** Accepts any stored key, even one that this program does not understand: a list shows it, although it opens nothing. */
export function apiKeyJson(key: ListedKey): APIKey {
  return {
    id: key.id,
    user_id: key.user_id,
    last_used: key.last_used.toISOString(),
    expires_at: key.expires_at.toISOString(),
    created_at: key.created_at.toISOString(),
    updated_at: key.updated_at.toISOString(),
    login_type: key.login_type,
    scope: legacyScope(key.scopes),
    scopes: [...key.scopes],
    token_name: key.token_name,
    lifetime_seconds: key.lifetime_seconds,
    allow_list: key.allow_list.map(allowListTarget),
    description: key.description,
    ...(key.boundary !== null && { boundary: boundaryJson(key.boundary) }),
    ...(key.minted_by !== null && { minted_by: key.minted_by }),
  };
}

export function apiKeyWithOwnerJson(key: ListedKey & { readonly username: string }): APIKeyWithOwner {
  return { ...apiKeyJson(key), username: key.username };
}

/** Older clients know two values, and treat every other key as `all`. */
function legacyScope(scopes: readonly string[]): string {
  const [only] = scopes;
  return scopes.length === 1 && only === "coder:application_connect" ? "application_connect" : "all";
}

function boundaryJson({ scopes, allow_list, expires_at }: NonNullable<ListedKey["boundary"]>): APIKeyBoundary {
  return {
    ...(scopes !== null && { scopes: [...scopes] }),
    ...(allow_list !== null && { allow_list: allow_list.map(allowListTarget) }),
    ...(expires_at !== null && { expires_at }),
  };
}

/** @param entry `type:id`, or whatever was stored */
export function allowListTarget(entry: string): APIAllowListTarget {
  const colon = entry.indexOf(":");
  return colon === -1 ? { type: entry, id: "" } : { type: entry.slice(0, colon), id: entry.slice(colon + 1) };
}
