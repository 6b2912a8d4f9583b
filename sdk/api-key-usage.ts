/** What a key was used for, and the narrowest grant that would have been enough. */
import { type Static, Type } from "typebox";
import { APIAllowListTarget } from "./api-keys.ts";
import { DateTime } from "./scalars.ts";

export const APIKeyUsageQuery = Type.Object({
  /** Number of days to look back. Default: 30. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
});
export type APIKeyUsageQuery = Static<typeof APIKeyUsageQuery>;

export const APIKeyScopeUsage = Type.Object({
  /** `type:action` */
  scope: Type.String(),
  /** Number of uses over the key's life. */
  count: Type.Integer(),
  first_used_at: DateTime,
  last_used_at: DateTime,
  /** Latest first. An empty ID stands for lists and for creating objects, `*` for objects beyond the first 512. */
  objects: Type.Array(Type.Object({ id: Type.String(), count: Type.Integer(), last_used_at: DateTime })),
  /** Latest first, at most 16. */
  addresses: Type.Array(Type.Object({ address: Type.String(), count: Type.Integer(), last_used_at: DateTime })),
});
export type APIKeyScopeUsage = Static<typeof APIKeyScopeUsage>;

export const APIKeyUsage = Type.Object({
  key_id: Type.String(),
  days: Type.Integer(),
  /** Sorted by name, without scopes that were not used in these days. */
  scopes: Type.Array(APIKeyScopeUsage),
  /** The fewest public scopes and objects that cover all of this; never more than the key has. Both empty if the key was not used. */
  suggestion: Type.Object({ scopes: Type.Array(Type.String()), allow_list: Type.Array(APIAllowListTarget) }),
});
export type APIKeyUsage = Static<typeof APIKeyUsage>;
