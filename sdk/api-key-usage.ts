/** What a key was used for, and what would have been enough for that. */
import { type Static, Type } from "typebox";
import { APIAllowListTarget } from "./api-keys.ts";
import { DateTime } from "./scalars.ts";

export const APIKeyUsageQuery = Type.Object({
  /** How far back, in days. Default: 30. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
});
export type APIKeyUsageQuery = Static<typeof APIKeyUsageQuery>;

export const APIKeyScopeUsage = Type.Object({
  /** `type:action` */
  scope: Type.String(),
  /** How often, over the key's life. */
  count: Type.Integer(),
  first_used_at: DateTime,
  last_used_at: DateTime,
  /** Latest first. An empty id stands for lists and for making something new, `*` for objects past the first 512. */
  objects: Type.Array(Type.Object({ id: Type.String(), count: Type.Integer(), last_used_at: DateTime })),
  /** Latest first, at most 16. */
  addresses: Type.Array(Type.Object({ address: Type.String(), count: Type.Integer(), last_used_at: DateTime })),
});
export type APIKeyScopeUsage = Static<typeof APIKeyScopeUsage>;

export const APIKeyUsage = Type.Object({
  key_id: Type.String(),
  days: Type.Integer(),
  /** By name; what was not used in these days is left out. */
  scopes: Type.Array(APIKeyScopeUsage),
  /** As few public scopes and objects as cover all of that; never more than the key has. Both empty when the key was not used. */
  suggestion: Type.Object({ scopes: Type.Array(Type.String()), allow_list: Type.Array(APIAllowListTarget) }),
});
export type APIKeyUsage = Static<typeof APIKeyUsage>;
