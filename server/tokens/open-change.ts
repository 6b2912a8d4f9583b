import type { Context } from "../access/context.ts";
import { endOfKey } from "../access/subject-of-key.ts";
import type { ApiKey } from "../access/used-key-rows.ts";
import type { Tx } from "../database/database.ts";
import type { LoginType } from "../database/tables/people.ts";
import { CredentialEndedError, NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { lockedKey } from "../keys/key-change-rows.ts";
import { lockKeys } from "../keys/key-lineage.ts";
import type { KeyUser } from "./mint-rules.ts";
import { usersOfChange } from "./rows.ts";

/** Who mints or changes a key, and for whom. */
export interface KeyAuthority {
  /** The key of the request, locked. */
  readonly caller: ApiKey;
  /** The site roles of its user. */
  readonly callerRoles: readonly string[];
  /** The user of the key that is created or changed. */
  readonly user: KeyUser & { readonly loginType: LoginType };
}

/**
 * Reads the request's key again, under the lock of all changes of keys, because it may have ended since it was authenticated.
 *
 * @param userId the user of the key that is created or changed
 * @throws CredentialEndedError, NotFoundError without that user
 */
export async function openChange(context: Context, tx: Tx, userId: UserId): Promise<KeyAuthority> {
  const { guard, now } = context;
  if (guard.subject.kind !== "user") throw new TypeError("only a key of a user mints and changes keys");
  await lockKeys(context, tx);
  const caller = await lockedKey(context, tx, guard.subject.credential.id);
  if (caller === undefined || caller.user_id !== guard.subject.id || endOfKey(caller) <= now().getTime()) throw new CredentialEndedError();
  const users = await usersOfChange(tx, [userId, caller.user_id]);
  const [user, maker] = [userId, caller.user_id].map((id) => users.find((one) => one.id === id));
  if (maker === undefined || maker.status === "suspended") throw new CredentialEndedError();
  if (user === undefined) throw new NotFoundError("user");
  return { caller, callerRoles: maker.rbac_roles, user: { id: user.id, siteRoles: user.rbac_roles, loginType: user.login_type } };
}
