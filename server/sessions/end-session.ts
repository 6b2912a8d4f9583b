import type { Subject } from "#authz/subject.ts";
import { actorOf } from "../audit/actor.ts";
import type { Database } from "../database/database.ts";
import { lockedKey } from "../keys/key-change-rows.ts";
import { endKey, lockKeys } from "../keys/key-lineage.ts";
import { findUsername } from "./rows.ts";
import { auditSession } from "./session-entries.ts";

/** Deletes the key that the subject showed, and no key that was minted by it. A token too narrow to delete keys may end itself. */
export async function endSession(core: Database, subject: Subject): Promise<void> {
  const { id } = subject.credential;
  await core.write(async (tx) => {
    await lockKeys(core, tx);
    const key = await lockedKey(core, tx, id);
    const actor = actorOf(subject);
    if (key === undefined || actor === undefined) return;
    await endKey(core, tx, key, { how: "delete", cascade: false });
    const target = (await findUsername(tx.db, key.user_id)) ?? "";
    await auditSession(core, tx, actor, { action: "logout", target, before: key, additional: { key_id: id } });
  });
}
