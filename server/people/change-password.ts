import { userObject } from "#authz/object.ts";
import type { UpdateUserPasswordRequest } from "#sdk/users.ts";
import type { Context } from "../access/context.ts";
import { hashPassword, verifyPassword } from "../access/password.ts";
import { permitted } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { deleteKeysOf, lockKeys } from "../keys/key-lineage.ts";
import { requireAssignable } from "../roles/role-authority.ts";
import { membershipsOf } from "../roles/role-rows.ts";
import { protectOwner } from "../roles/role-rules.ts";
import { findUserWithPassword, replacePassword } from "./password-rows.ts";
import { passwordProblem, requireWholeUser } from "./password-rules.ts";
import { USER_OBJECT } from "./user-rows.ts";

export interface PasswordChange {
  readonly new: string;
  /** Required when the subject changes its own password. */
  readonly old?: string;
}

/** @throws InvalidInputError naming the fields */
export function parsePasswordChange({ password, old_password: old }: UpdateUserPasswordRequest): PasswordChange {
  const checks = new FieldChecks();
  const weakness = passwordProblem(password);
  if (weakness !== undefined) checks.add("password", weakness);
  checks.done();
  return { new: password, ...(old !== undefined && { old }) };
}

/**
 * Ends every session and token of the user, the caller's own too, and what they minted for others: whoever knew the old password may
 * have made any of them.
 *
 * @throws NotAllowedError for a token that may do less than its user, since a password is a way around every limit of a token, and for a
 *   user with roles that the caller may not give: whoever sets a password can sign in as that user. NotFoundError for another user whom the
 *   caller may not change. InvalidInputError
 */
export const changePassword = ruled(
  "users.setPassword",
  async (context: Context, id: UserId, { new: password, old = "" }: PasswordChange): Promise<void> => {
    const { db, guard, write, now } = context;
    requireWholeUser(guard.subject);
    const isOwn = guard.subject.id === id;
    if (isOwn) guard.require("update_personal", userObject(id), "user");
    const user = await findUserWithPassword(db, id, isOwn ? undefined : permitted(context, "update", "user", USER_OBJECT));
    if (user === undefined) throw new NotFoundError("user");
    if (!isOwn) await requireAuthorityOverUser(context, user);
    if (user.login_type !== "password") throw new InvalidInputError(`a user with login type ${user.login_type} has no password`);
    if (isOwn && !(await verifyPassword(user.hashed_password, old))) throw wrong("old_password", "This is not the old password.");
    if (await verifyPassword(user.hashed_password, password)) throw wrong("password", "This is the password already.");
    const hashed_password = await hashPassword(password);
    await write(async (tx) => {
      // No key of the user may make another one that the deletion below would miss.
      await lockKeys(context, tx);
      // What was compared must still be the password: two callers who both knew the old one must not both change it.
      if (!(await replacePassword(tx.db, user, { hashed_password, updated_at: now() })))
        throw wrong(isOwn ? "old_password" : "password", "The password has been changed by somebody else.");
      for (const change of await deleteKeysOf(context, tx, id))
        await auditKeyChange(context, tx, "delete", change, { ended_with_user: id });
      const after = { ...user, hashed_password };
      await audit(context, tx, { action: "write", resourceType: "user", resourceId: id, target: user.username, before: user, after });
    });
  },
);

/** Whoever sets a password can sign in as its user, so all the user's roles must be the subject's to give. */
async function requireAuthorityOverUser(
  context: Context,
  user: { readonly id: UserId; readonly rbac_roles: readonly string[] },
): Promise<void> {
  protectOwner(context.guard.subject, user);
  if (user.rbac_roles.length > 0) requireAssignable(context, { assign: user.rbac_roles });
  for (const { organization_id, roles } of await membershipsOf(context.db, user.id))
    if (roles.length > 0) requireAssignable(context, { assign: roles }, organization_id);
}

function wrong(field: string, detail: string): InvalidInputError {
  return new InvalidInputError("validation failed", [{ field, detail }]);
}
