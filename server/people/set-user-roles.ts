import { userObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import type { User } from "../access/person-rows.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { InvalidInputError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { keepAnOwner, requireAssignable } from "../roles/role-authority.ts";
import { changeOfRoles, knownSiteRoles } from "../roles/role-rules.ts";
import { findUser, lockedUser, updateUserRow } from "./user-rows.ts";

/**
 * Replaces the site roles that were given to a user. `member` is everybody's and may be left out.
 *
 * @throws InvalidInputError for one's own roles, for a role that does not exist, and for the last owner's; NotAllowedError for a role that
 *   the subject may not give, or not take
 */
export const setUserRoles = ruled("users.setRoles", async (context: Context, id: UserId, names: readonly string[]): Promise<User> => {
  const { guard, write, now } = context;
  const roles = knownSiteRoles(names);
  return write(async (tx) => {
    const user = await lockedUser(context, tx, id);
    guard.read(userObject(id), "user");
    if (guard.subject.id === id) throw new InvalidInputError("you cannot change your own roles");
    const { added, removed } = changeOfRoles(user.rbac_roles, roles);
    requireAssignable(context, { assign: added, unassign: removed });
    if (removed.includes("owner")) await keepAnOwner(context, tx, id);
    await updateUserRow(tx.db, id, { rbac_roles: roles, updated_at: now() });
    const after = (await findUser(tx.db, id)) ?? user;
    await audit(context, tx, { action: "write", resourceType: "user", resourceId: id, target: user.username, before: user, after });
    return after;
  });
});
