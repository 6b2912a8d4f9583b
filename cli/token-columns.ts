import type { APIAllowListTarget, APIKey, APIKeyBoundary } from "#sdk/api-keys.ts";
import type { Columns } from "./print.ts";

/** The columns of tokens. Only lists include the owner's name. */
export const TOKEN_COLUMNS: Columns<APIKey & { readonly username?: string }> = {
  id: (row) => row.id,
  name: (row) => row.token_name,
  scopes: (row) => formatScopes(row.scopes),
  "allow list": (row) => formatAllowList(row.allow_list),
  "last used": (row) => (Date.parse(row.last_used) <= 0 ? "never" : formatTime(row.last_used)),
  "expires at": (row) => formatTime(row.expires_at),
  "created at": (row) => formatTime(row.created_at),
  owner: (row) => row.username ?? "",
  description: (row) => row.description,
  boundary: (row) => (row.boundary === undefined ? "" : formatBoundary(row.boundary)),
  "minted by": (row) => row.minted_by ?? "",
};

export function formatScopes(scopes: readonly string[]): string {
  return scopes.toSorted().join(", ");
}

export function formatAllowList(list: readonly APIAllowListTarget[]): string {
  return list
    .map(({ type, id }) => `${type}:${id}`)
    .toSorted()
    .join(", ");
}

/** Formats only the parts that are set: for the others, the token's own grant applies. */
export function formatBoundary({ scopes, allow_list: allowList, expires_at: expiresAt }: APIKeyBoundary): string {
  return [
    ...(scopes === undefined ? [] : [formatScopes(scopes)]),
    ...(allowList === undefined ? [] : [`on ${formatAllowList(allowList)}`]),
    ...(expiresAt === undefined ? [] : [`until ${formatTime(expiresAt)}`]),
  ].join(" ");
}

/** Shortens a time to seconds. */
export function formatTime(at: string): string {
  return at.replace(/\.\d+/, "");
}
