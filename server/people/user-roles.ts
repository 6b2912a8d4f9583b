import { userObject } from "#authz/object.ts";
import { isSiteRole } from "#authz/roles.ts";
import type { Context } from "../access/context.ts";
import { permitted } from "../access/permitted-rows.ts";
import { audit } from "../audit/audit.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { changeOfRoles, keepAnOwner, requireAssignable } from "../roles/role-authority.ts";
import { USER_OBJECT } from "./user-list.ts";
import { findUser, lockedUser, selectUsers, type User } from "./user-rows.ts";

export interface RolesOfUser {
  readonly site: readonly string[];
  readonly organizations: readonly { readonly organizationId: OrganizationId; readonly roles: readonly string[] }[];
}

/** What was given to the user, without what is implied; of the organizations those whose members the subject may see. */
export async function rolesOfUser(context: Context, id: UserId): Promise<RolesOfUser> {
  const { db } = context;
  const user = await selectUsers(db)
    .where("id", "=", id)
    .where(permitted(context, "read_personal", "user", USER_OBJECT))
    .executeTakeFirst();
  if (user === undefined) throw new NotFoundError("user");
  const member = "organization_members.user_id";
  const organizationId = "organization_members.organization_id";
  const memberships = await db
    .selectFrom("organization_members")
    .select(["organization_id", "roles"])
    .where("user_id", "=", id)
    .where(permitted(context, "read", "organization_member", { id: member, ownerId: member, organizationId }))
    .orderBy("created_at")
    .execute();
  return {
    site: user.rbac_roles,
    organizations: memberships.map(({ organization_id, roles }) => ({ organizationId: organization_id, roles })),
  };
}

/**
 * Replaces the site roles that were given to a user. `member` is everybody's and may be left out.
 *
 * @throws InvalidInputError for one's own roles, for a role that does not exist, and for the last owner's; NotAllowedError for a role that
 *   the subject may not give, or not take
 */
export async function setRolesOfUser(context: Context, id: UserId, names: readonly string[]): Promise<User> {
  const { guard, write, now } = context;
  const roles = knownSiteRoles(names);
  return write(async (tx) => {
    const user = await lockedUser(context, tx, id);
    guard.read(userObject(id), "user");
    if (guard.subject.id === id) throw new InvalidInputError("you cannot change your own roles");
    const { added, removed } = changeOfRoles(user.rbac_roles, roles);
    requireAssignable(context, { assign: added, unassign: removed });
    if (removed.includes("owner")) await keepAnOwner(context, tx, id);
    await tx.db.updateTable("users").set({ rbac_roles: roles, updated_at: now() }).where("id", "=", id).execute();
    const after = (await findUser(tx.db, id)) ?? user;
    await audit(context, tx, { action: "write", resourceType: "user", resourceId: id, target: user.username, before: user, after });
    return after;
  });
}

/** Without `member`, and each once. @throws InvalidInputError naming the one that does not exist */
export function knownSiteRoles(names: readonly string[]): string[] {
  const unknown = names.find((name) => !isSiteRole(name));
  if (unknown !== undefined)
    throw new InvalidInputError("validation failed", [
      { field: "roles", detail: `There is no site role ${JSON.stringify(unknown.slice(0, 64))}.` },
    ]);
  return [...new Set(names)].filter((name) => name !== "member");
}
