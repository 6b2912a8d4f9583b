import { ALLOW_ALL } from "#authz/allow-list.ts";
import { userObject } from "#authz/object.ts";
import type { Subject } from "#authz/subject.ts";
import type { Context } from "../access/context.ts";
import { hashPassword, verifyPassword } from "../access/password.ts";
import { permitted } from "../access/permitted-rows.ts";
import { audit } from "../audit/audit.ts";
import { InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { deleteKeysOf, lockKeys } from "../keys/key-lineage.ts";
import { protectOwner, requireAssignable } from "../roles/role-authority.ts";
import { USER_OBJECT } from "./user-list.ts";

export interface PasswordChange {
  readonly new: string;
  /** Required when it is one's own password that changes. */
  readonly old?: string;
}

/**
 * Ends every session and token of the user, the caller's own too, and what they minted for others: whoever knew the old password may
 * have made any of them.
 *
 * @throws NotAllowedError for a token that may less than its user, since a password is a way around every limit of a token, and for a
 *   user with roles that the caller may not give: who sets a password can be that user. NotFoundError for others than one's own without
 *   the right to. InvalidInputError
 */
export async function setPassword(context: Context, id: UserId, { new: password, old = "" }: PasswordChange): Promise<void> {
  const { guard, write, now } = context;
  requireWholeUser(guard.subject);
  const isOwn = guard.subject.id === id;
  if (isOwn) guard.require("update_personal", userObject(id), "user");
  const user = await find(context, id, isOwn);
  if (!isOwn) {
    protectOwner(context, user);
    if (user.rbac_roles.length > 0) requireAssignable(context, { assign: user.rbac_roles });
    for (const { organization_id, roles } of await memberships(context, id))
      if (roles.length > 0) requireAssignable(context, { assign: roles }, organization_id);
  }
  if (user.login_type !== "password") throw new InvalidInputError(`a user with login type ${user.login_type} has no password`);
  if (isOwn && !(await verifyPassword(user.hashed_password, old))) throw wrong("old_password", "This is not the old password.");
  if (await verifyPassword(user.hashed_password, password)) throw wrong("password", "This is the password already.");
  const hashed_password = await hashPassword(password);
  await write(async (tx) => {
    // No key of the user may make another one that the deletion below would miss.
    await lockKeys(context, tx);
    const { numUpdatedRows } = await tx.db
      .updateTable("users")
      .set({ hashed_password, updated_at: now() })
      .where("id", "=", id)
      .where("deleted", "=", false)
      // What was compared must still be the password: two who both knew the old one do not both change it.
      .where("hashed_password", "=", user.hashed_password)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw wrong(isOwn ? "old_password" : "password", "The password has been changed by somebody else.");
    for (const change of await deleteKeysOf(context, tx, id)) await auditKeyChange(context, tx, "delete", change, { ended_with_user: id });
    const after = { ...user, hashed_password };
    await audit(context, tx, { action: "write", resourceType: "user", resourceId: id, target: user.username, before: user, after });
  });
}

/** Who chooses a password, of a new user too, can sign in with it: past every limit of a token. @throws NotAllowedError */
export function requireWholeUser(subject: Subject): void {
  if (!standsForWholeUser(subject))
    throw new NotAllowedError("a password can be set with a session, or with a token that may do everything");
}

/** No token that is less than its user in any way. */
function standsForWholeUser({ kind, credential, scope, ceilings }: Subject): boolean {
  if (kind === "internal" || credential.kind === "session") return true;
  if (credential.kind !== "token" || ceilings.length > 0 || !scope.names.includes("coder:all")) return false;
  return ALLOW_ALL.every(({ type, id }) => scope.allowList.some((entry) => entry.type === type && entry.id === id));
}

async function find(context: Context, id: UserId, isOwn: boolean) {
  const user = await context.db
    .selectFrom("users")
    .selectAll()
    .where("deleted", "=", false)
    .where("id", "=", id)
    .$if(!isOwn, (q) => q.where(permitted(context, "update", "user", USER_OBJECT)))
    .executeTakeFirst();
  if (user === undefined) throw new NotFoundError("user");
  return user;
}

function memberships({ db }: Context, userId: UserId) {
  return db.selectFrom("organization_members").select(["organization_id", "roles"]).where("user_id", "=", userId).execute();
}

function wrong(field: string, detail: string): InvalidInputError {
  return new InvalidInputError("validation failed", [{ field, detail }]);
}
