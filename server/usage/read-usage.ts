import { apiKeyObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { Row } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import { findOwnerOfKey, usedAddresses, usedObjects } from "./rows.ts";

/** What one scope of a key was used for. */
export interface ScopeUsage {
  /** `type:action` */
  readonly scope: string;
  readonly count: number;
  readonly firstUsed: Date;
  readonly lastUsed: Date;
  /** Latest first. An empty id stands for lists and creations, `*` for objects past those that are told apart (object-rules.ts). */
  readonly objects: readonly { readonly id: string; readonly count: number; readonly lastUsed: Date }[];
  /** The latest that are kept (add-usage.ts), latest first. */
  readonly addresses: readonly { readonly address: string; readonly count: number; readonly lastUsed: Date }[];
}

/** By scope, in alphabetical order; what was not used since is left out. Counts are over the key's life. */
export const usageOfKey = ruled(
  "apiKeyUsage.of",
  async ({ db, guard }: Context, keyId: string, since: Date): Promise<readonly ScopeUsage[]> => {
    const userId = await findOwnerOfKey(db, keyId);
    if (userId === undefined) throw new NotFoundError("API key");
    guard.read(apiKeyObject({ id: keyId, userId }), "API key");
    const objects = await usedObjects(db, keyId, since);
    const addressesByScope = Map.groupBy(await usedAddresses(db, keyId, since), ({ scope }) => scope);
    return [...Map.groupBy(objects, ({ scope }) => scope)]
      .map(([scope, rows]) => scopeUsage(scope, rows, addressesByScope.get(scope) ?? []))
      .sort((a, b) => (a.scope < b.scope ? -1 : 1));
  },
);

function scopeUsage(
  scope: string,
  objects: readonly Row<"api_key_usage">[],
  addresses: readonly Row<"api_key_usage_addresses">[],
): ScopeUsage {
  const times = (of: (row: Row<"api_key_usage">) => Date): number[] => objects.map((row) => of(row).getTime());
  return {
    scope,
    count: objects.reduce((sum, { count }) => sum + count, 0),
    firstUsed: new Date(Math.min(...times(({ first_used }) => first_used))),
    lastUsed: new Date(Math.max(...times(({ last_used }) => last_used))),
    objects: objects.map(({ object_id, count, last_used }) => ({ id: object_id, count, lastUsed: last_used })),
    addresses: addresses.map(({ address, count, last_used }) => ({ address, count, lastUsed: last_used })),
  };
}
