/**
 * Which key created which, and what happens to its descendants when a key ends or changes. Every change of a key holds one lock for all
 * keys, so that no key is minted by one that is being narrowed or ended: whoever waited for the lock sees the result of the change before.
 */
import type { ApiKey } from "../access/used-key-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import { advisoryLock } from "../database/locks.ts";
import type { UserId } from "../ids.ts";
import { ceilingGrant, ceilingOf, endOf } from "./grants.ts";
import { deleteKeyRow, deleteKeyRowsOf, lockedDescendantsOf, passOnChildren, updateKeyRow } from "./key-change-rows.ts";

type Core = Pick<Database, "dialect" | "now">;

/** Holds the lock until the transaction ends. Call it before reading any row that the change depends on. */
export function lockKeys(core: Core, tx: Pick<Tx, "db">): Promise<void> {
  return advisoryLock(core, tx, "keys");
}

/** Holds the lock until the transaction ends: no key ends or changes in the meantime. For writing rows that depend on several keys. */
export function holdKeys(core: Pick<Database, "dialect">, tx: Pick<Tx, "db">): Promise<void> {
  return advisoryLock(core, tx, "keys", "shared");
}

/** A key before and after the change; without `after` it was deleted. */
export interface KeyChange {
  readonly before: ApiKey;
  readonly after?: ApiKey;
}

/**
 * Expires or deletes a key, and with `cascade` all keys that descend from it. Without it, the children of a deleted key become its parent's
 * and keep their ceilings, so they can still be found from further up.
 *
 * @param key locked
 * @returns what changed; a key that had already expired is not expired again
 */
export async function endKey(
  core: Core,
  tx: Pick<Tx, "db">,
  key: ApiKey,
  { how, cascade }: { readonly how: "expire" | "delete"; readonly cascade: boolean },
): Promise<KeyChange[]> {
  const ended = [key, ...(cascade ? await lockedDescendantsOf(core, tx, key) : [])];
  const changes: KeyChange[] = [];
  for (const before of ended) {
    if (how === "delete") {
      await deleteKeyRow(tx, before.id);
      changes.push({ before });
    } else if (before.expires_at > core.now()) {
      const set = { expires_at: core.now(), updated_at: core.now() };
      await updateKeyRow(tx, before.id, set);
      changes.push({ before, after: { ...before, ...set } });
    }
  }
  if (how === "delete" && key.minted_by !== null) await passOnChildren(tx, key.id, key.minted_by);
  return changes;
}

/**
 * Deletes every key of a user, and with them all that descend from them, because builds started by a token of this user left keys of
 * others.
 *
 * @returns the deleted keys of others
 */
export async function deleteKeysOf(core: Core, tx: Pick<Tx, "db">, userId: UserId): Promise<KeyChange[]> {
  const others = (await lockedDescendantsOf(core, tx, { userId })).filter((key) => key.user_id !== userId);
  for (const { id } of others) await deleteKeyRow(tx, id);
  await deleteKeyRowsOf(tx, userId);
  return others.map((before) => ({ before }));
}

/**
 * Call this after a key has changed: its descendants get the new snapshot of what it may hand on, and none of them outlives that. A
 * descendant whose end moves closer can itself hand on less time, so the keys below it are updated as well.
 */
export async function renewCeilings(core: Core, tx: Pick<Tx, "db">, key: ApiKey): Promise<KeyChange[]> {
  const renewed = new Map([[key.id, ceilingOf(key)]]);
  const changes: KeyChange[] = [];
  // A child has more ceilings than its parent, so the parent comes first.
  const descendants = (await lockedDescendantsOf(core, tx, key)).toSorted((a, b) => a.ceilings.length - b.ceilings.length);
  for (const before of descendants) {
    const ceilings = before.ceilings.map((ceiling) => renewed.get(ceiling.key_id) ?? ceiling);
    const expires_at = new Date(Math.min(before.expires_at.getTime(), endOf(ceilings.map(ceilingGrant))));
    const isCut = expires_at.getTime() !== before.expires_at.getTime();
    if (!isCut && JSON.stringify(ceilings) === JSON.stringify(before.ceilings)) continue;
    const set = { ceilings, expires_at, updated_at: core.now() };
    await updateKeyRow(tx, before.id, set);
    const after = { ...before, ...set };
    changes.push({ before, after });
    if (isCut) renewed.set(after.id, ceilingOf(after));
  }
  return changes;
}
