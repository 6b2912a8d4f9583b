import type { APIKeyUsage } from "#sdk/api-key-usage.ts";
import { allowListTarget } from "../keys/json.ts";
import type { ScopeUsage } from "./read-usage.ts";
import type { Suggestion } from "./suggest-grant.ts";

export function apiKeyUsageJson(
  key: { readonly id: string },
  days: number,
  scopes: readonly ScopeUsage[],
  suggestion: Suggestion,
): APIKeyUsage {
  return {
    key_id: key.id,
    days,
    scopes: scopes.map(({ scope, count, firstUsed, lastUsed, objects, addresses }) => ({
      scope,
      count,
      first_used_at: firstUsed.toISOString(),
      last_used_at: lastUsed.toISOString(),
      objects: objects.map(({ id, count, lastUsed }) => ({ id, count, last_used_at: lastUsed.toISOString() })),
      addresses: addresses.map(({ address, count, lastUsed }) => ({ address, count, last_used_at: lastUsed.toISOString() })),
    })),
    suggestion: { scopes: [...suggestion.scopes], allow_list: suggestion.allowList.map(allowListTarget) },
  };
}
