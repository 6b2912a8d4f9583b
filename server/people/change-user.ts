import type { Context } from "../access/context.ts";
import type { User } from "../access/person-rows.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import type { UserId } from "../ids.ts";
import { findUser, lockedUser } from "./user-rows.ts";

/** Locks a user's row, lets `work` change it, and writes the difference to the audit log. */
export function changeUser(context: Context, id: UserId, work: (tx: Tx, user: User) => Promise<void>): Promise<User> {
  return context.write(async (tx) => {
    const before = await lockedUser(context, tx, id);
    await work(tx, before);
    const after = (await findUser(tx.db, id)) ?? before;
    await audit(context, tx, { action: "write", resourceType: "user", resourceId: id, target: after.username, before, after });
    return after;
  });
}
