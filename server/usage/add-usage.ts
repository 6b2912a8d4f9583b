import type { Database, Tx } from "../database/database.ts";
import { holdKeys } from "../keys/key-lineage.ts";
import { boundedUses, OBJECTS_TOLD_APART } from "./object-rules.ts";
import { addAddresses, addUses, deleteOldAddresses, objectIdsOf, presentKeys, rowCounts } from "./rows.ts";
import type { UsageBatch, Use } from "./usage-recorder.ts";

/** Of one scope of one key. */
const ADDRESSES_KEPT = 16;

/** Several servers may add at once. What was counted for a key that is gone by now is dropped. */
export async function addApiKeyUsage(core: Database, batch: UsageBatch): Promise<void> {
  await core.write(async (tx) => {
    // One lock instead of one a key: else two that come to the same keys in another order would wait for each other.
    await holdKeys(core, tx);
    const keys = await presentKeys(tx, [...new Set(batch.uses.map(({ keyId }) => keyId))]);
    const present = ({ keyId }: { readonly keyId: string }): boolean => keys.has(keyId);
    await addUses(core, tx, await withinBounds(tx, batch.uses.filter(present)));
    await addAddresses(core, tx, batch.addresses.filter(present));
    for (const [keyAndScope, count] of await rowCounts(tx, "api_key_usage_addresses", [...keys])) {
      if (count <= ADDRESSES_KEPT) continue;
      const [keyId = "", scope = ""] = keyAndScope.split(" ");
      await deleteOldAddresses(tx, keyId, scope, ADDRESSES_KEPT);
    }
  });
}

/** Where a key and scope have as many objects as may be told apart, new ones are counted together. */
async function withinBounds(tx: Tx, uses: readonly Use[]): Promise<readonly Use[]> {
  const bounded: Use[] = [];
  const counts = await rowCounts(tx, "api_key_usage", [...new Set(uses.map(({ keyId }) => keyId))]);
  for (const [keyAndScope, group] of Map.groupBy(uses, ({ keyId, scope }) => `${keyId} ${scope}`)) {
    const [first] = group;
    if (first === undefined) continue;
    // Which ones they are is only asked where it matters.
    const fits = (counts.get(keyAndScope) ?? 0) + group.length <= OBJECTS_TOLD_APART;
    bounded.push(...(fits ? group : boundedUses(group, await objectIdsOf(tx, first.keyId, first.scope))));
  }
  return bounded;
}
