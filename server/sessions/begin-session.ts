import type { Origin } from "#authz/subject.ts";
import type { User } from "../access/person-rows.ts";
import type { Database } from "../database/database.ts";
import { insertApiKey } from "../keys/key-rows.ts";
import { lockedSignIn, wakeUser } from "./rows.ts";
import { auditSession } from "./session-entries.ts";

/**
 * For a user whose password was right: a key that may do all that the user may. Wakes a dormant user.
 *
 * @param user as it was when its password was compared
 * @returns `<id>-<secret>`, which is shown once and never stored; undefined when the user has changed meanwhile, since the password may have
 */
export function beginSession(
  core: Database,
  user: User,
  { lifetimeSeconds, origin }: { readonly lifetimeSeconds: number; readonly origin: Origin },
): Promise<string | undefined> {
  return core.write(async (tx) => {
    // The lock: a new password, which ends all sessions, is there already or comes after the session that it then ends.
    const now = await lockedSignIn(core, tx, user.id);
    if (now === undefined || now.status === "suspended" || now.updated_at.getTime() !== user.updated_at.getTime()) return undefined;
    const { key, secret } = await insertApiKey(core, tx, {
      userId: user.id,
      loginType: user.login_type,
      scopes: ["coder:all"],
      allowList: ["*:*"],
      lifetimeSeconds,
      ipAddress: origin.ipAddress,
    });
    await wakeUser(tx, user.id);
    const actor = { userId: user.id, origin };
    await auditSession(core, tx, actor, { action: "login", target: user.username, after: key, additional: { key_id: key.id } });
    return secret;
  });
}
