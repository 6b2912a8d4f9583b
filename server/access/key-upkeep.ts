import type { Database } from "../database/database.ts";
import { type KeyOfPerson, type KeyUpkeep, lockUserOfKey, updateSeenUser, updateUsedKey } from "./key-rows.ts";
import { type KeyUse, upkeepOf } from "./key-upkeep-rules.ts";

type UsedKey = Pick<KeyOfPerson, "key" | "user">;

/**
 * Writes what a use of a key changes: when it was used and from where, a session's later end, that its user is awake. Requests of one key
 * that come together write once.
 *
 * @returns a function whose answer is undefined when there is nothing to write
 */
export function createKeyUpkeep(core: Database): (found: UsedKey, use: KeyUse) => Promise<void> | undefined {
  /** By key id. */
  const writing = new Map<string, Promise<void>>();
  return (found, use) => {
    const upkeep = upkeepOf(found.key, found.user, core.now(), use);
    if (upkeep === undefined) return undefined;
    const { id } = found.key;
    const begun = writing.get(id);
    if (begun !== undefined) return begun;
    const written = writeUpkeep(core, found, upkeep).finally(() => writing.delete(id));
    writing.set(id, written);
    return written;
  };
}

/** Unless another replica was quicker, or the key was ended: a session that was expired a moment ago is not brought back. */
function writeUpkeep(core: Database, { key, user }: UsedKey, upkeep: KeyUpkeep): Promise<void> {
  return core.write(async (tx) => {
    // The user first, then the key, as the end of a user and a new password have it: else each could wait for the other.
    await lockUserOfKey(core, tx, user.id);
    if (await updateUsedKey(tx, key.id, upkeep)) await updateSeenUser(tx, { id: user.id, status: user.status, at: upkeep.at });
  });
}
