import type { Database } from "../database/database.ts";
import { StoreUnavailableError } from "../errors.ts";
import { type KeyUse, upkeepOf } from "./key-upkeep-rules.ts";
import { type KeyOfPerson, type KeyUpkeep, lockUserOfKey, updateSeenUser, updateUsedKey } from "./used-key-rows.ts";

type UsedKey = Pick<KeyOfPerson, "key" | "user">;

/**
 * Writes what a use of a key changes: when and from where it was used, a session's later expiry, and that its user is awake. Concurrent
 * requests with one key write once. If the database takes no writes at the moment, a later use writes it.
 *
 * @returns a function that returns undefined if there is nothing to write
 */
export function createKeyUpkeep(core: Database): (found: UsedKey, use: KeyUse) => Promise<void> | undefined {
  /** The writes in progress, by key id. */
  const writing = new Map<string, Promise<void>>();
  return (found, use) => {
    const upkeep = upkeepOf(found.key, found.user, core.now(), use);
    if (upkeep === undefined) return undefined;
    const { id } = found.key;
    const begun = writing.get(id);
    if (begun !== undefined) return begun;
    const written = writeUpkeep(core, found, upkeep)
      .catch(unlessUnavailable)
      .finally(() => writing.delete(id));
    writing.set(id, written);
    return written;
  };
}

/** Who only reads can do so on a full disk, or while another program has locked the database. */
function unlessUnavailable(error: unknown): void {
  if (!(error instanceof StoreUnavailableError)) throw error;
}

/** Does nothing if another replica was quicker or the key has ended: a session that expired a moment ago is not brought back. */
function writeUpkeep(core: Database, { key, user }: UsedKey, upkeep: KeyUpkeep): Promise<void> {
  return core.writeUnlessLocked(async (tx) => {
    // Locks the user first, then the key, in the same order as deleting a user and setting a password; otherwise each could wait for the
    // other.
    await lockUserOfKey(core, tx, user.id);
    if (await updateUsedKey(tx, key.id, upkeep)) await updateSeenUser(tx, { id: user.id, status: user.status, at: upkeep.at });
  });
}
