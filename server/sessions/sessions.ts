import type { Origin, Subject } from "#authz/subject.ts";
import { actorOf } from "../audit/actor.ts";
import { auditAs } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import { NIL_UUID } from "../ids.ts";
import { lockedKey } from "../keys/key-change-rows.ts";
import { endKey, lockKeys } from "../keys/key-lineage.ts";
import { insertApiKey } from "../keys/key-rows.ts";
import type { User } from "../people/user-rows.ts";

/** Signing in and out, each with its entry in the audit log. */
export interface Sessions {
  /**
   * For a user whose password was right: a key that may do all that the user may. Wakes a dormant user.
   *
   * @param user as it was when its password was compared
   * @returns `<id>-<secret>`, which is shown once and never stored; undefined when the user has changed meanwhile, since the password may have
   */
  begin(user: User, session: { readonly lifetimeSeconds: number; readonly origin: Origin }): Promise<string | undefined>;
  /**
   * Writes down that somebody could not sign in. About an address that nobody has it writes as much, without a user and without the
   * address, where people type their passwords by mistake: neither the time of an answer nor the log tells the two apart.
   */
  refuse(attempt: { readonly email: string; readonly origin: Origin }): Promise<void>;
  /** Deletes the key that the subject showed, and no key that was minted by it. A token too narrow to delete keys may end itself. */
  end(subject: Subject): Promise<void>;
}

export function createSessions(core: Database): Sessions {
  const { write } = core;
  return {
    begin: (user, { lifetimeSeconds, origin }) =>
      write(async (tx) => {
        if (!(await isUnchanged(core, tx, user))) return undefined;
        const { key, secret } = await insertApiKey(core, tx, {
          userId: user.id,
          loginType: user.login_type,
          scopes: ["coder:all"],
          allowList: ["*:*"],
          lifetimeSeconds,
          ipAddress: origin.ipAddress,
        });
        await tx.db.updateTable("users").set({ status: "active" }).where("id", "=", user.id).where("status", "=", "dormant").execute();
        const actor = { userId: user.id, origin };
        await auditAs(core, tx, actor, { ...SESSION, action: "login", target: user.username, after: key, additional: { key_id: key.id } });
        return secret;
      }),
    refuse: ({ email, origin }) =>
      write(async (tx) => {
        const user = await tx.db
          .selectFrom("users")
          .select(["id", "username"])
          .where((eb) => eb(eb.fn<string>("lower", ["email"]), "=", email.toLowerCase()))
          .where("deleted", "=", false)
          .executeTakeFirst();
        const actor = { userId: user?.id ?? null, origin };
        await auditAs(core, tx, actor, { ...SESSION, action: "login", target: user?.username ?? "", status: 401 });
      }),
    end: async (subject) => {
      const { id } = subject.credential;
      await write(async (tx) => {
        await lockKeys(core, tx);
        const key = await lockedKey(core, tx, id);
        const actor = actorOf(subject);
        if (key === undefined || actor === undefined) return;
        await endKey(core, tx, key, { how: "delete", cascade: false });
        const user = await tx.db.selectFrom("users").select("username").where("id", "=", key.user_id).executeTakeFirst();
        const target = user?.username ?? "";
        await auditAs(core, tx, actor, { ...SESSION, action: "logout", target, before: key, additional: { key_id: id } });
      });
    },
  };
}

const SESSION = { resourceType: "api_key", resourceId: NIL_UUID } as const;

/** Locks the row: a new password, which ends all sessions, is there already or comes after the session that it then ends. */
async function isUnchanged({ dialect }: Database, { db }: Tx, user: User): Promise<boolean> {
  const row = await db
    .selectFrom("users")
    .select(["updated_at", "status"])
    .where("id", "=", user.id)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forNoKeyUpdate())
    .executeTakeFirst();
  return row !== undefined && row.status !== "suspended" && row.updated_at.getTime() === user.updated_at.getTime();
}
