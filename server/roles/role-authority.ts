/** Who may change whose roles and accounts: the checks that a change makes inside its transaction. */
import { organizationObject, orgRoleObject, roleObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import type { Database, Tx } from "../database/database.ts";
import { advisoryLock } from "../database/locks.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { findOtherOwner, findRolesOfUser, heldOrganization, membershipsOf } from "./role-rows.ts";
import { protectOwner, requireAuthorityOver } from "./role-rules.ts";

interface RoleChange {
  readonly assign: readonly string[];
  readonly unassign?: readonly string[];
}

/**
 * Checks a change of site roles, or of roles in one organization. Even an empty change requires the right to give roles.
 *
 * @throws ForbiddenError without the right to give or take away roles at all; NotAllowedError for a role that the subject may not give or
 *   take away
 */
export function requireAssignable({ guard }: Pick<Context, "guard">, change: RoleChange, organizationId?: OrganizationId): void {
  const { assign, unassign = [] } = change;
  const object = organizationId === undefined ? roleObject() : orgRoleObject(organizationId);
  if (assign.length > 0 || unassign.length === 0) guard.requireOpenly("assign", object);
  if (unassign.length > 0) guard.requireOpenly("unassign", object);
  for (const role of assign) requireAuthorityOver(guard.subject, role, organizationId, "assign");
  for (const role of unassign) requireAuthorityOver(guard.subject, role, organizationId, "unassign");
}

/**
 * Checks that the subject may add a member to an organization, and keeps the organization until the transaction ends. A new member gets the
 * organization's default roles, so the subject must be able to give those.
 *
 * @throws NotFoundError, ForbiddenError, NotAllowedError
 */
export async function requireNewMember(context: Context, tx: Tx, organizationId: OrganizationId): Promise<void> {
  const organization = await heldOrganization(context, tx, organizationId);
  if (organization === undefined) throw new NotFoundError("organization");
  context.guard.read(organizationObject(organizationId), "organization");
  context.guard.requireOpenly("create", { type: "organization_member", organizationId });
  requireAssignable(context, { assign: ["organization-member", ...organization.default_member_roles] }, organizationId);
}

/**
 * Checks that the subject may change another user's account in any way: its name, key, settings, status, or whether it exists. Whoever
 * can change an account can act as it sooner or later, so only who could give all the account's roles may do it, and only an owner for an
 * owner. Everybody may change their own account, as far as their rights go.
 *
 * @see docs/decisions/0024-who-may-see-and-change-what.md
 * @throws NotAllowedError, NotFoundError if there is no such user
 */
export async function requireAuthorityOverAccount(
  { guard: { subject } }: Pick<Context, "guard">,
  { db }: Pick<Tx, "db">,
  id: UserId,
): Promise<void> {
  if (subject.id === id) return;
  const user = await findRolesOfUser(db, id);
  if (user === undefined) throw new NotFoundError("user");
  protectOwner(subject, user);
  for (const role of user.rbac_roles) requireAuthorityOver(subject, role, undefined, "assign");
  for (const { organization_id, roles } of await membershipsOf(db, id))
    for (const role of roles) requireAuthorityOver(subject, role, organization_id, "assign");
}

/** Only an owner may change what an owner is in an organization. @throws NotAllowedError */
export async function protectOwnerInOrganization({ guard }: Pick<Context, "guard">, { db }: Pick<Tx, "db">, id: UserId): Promise<void> {
  protectOwner(guard.subject, (await findRolesOfUser(db, id)) ?? { rbac_roles: [] });
}

/**
 * Call this in a change after which this user is no longer an owner. It waits for other such changes, so that the last two owners cannot
 * leave at the same time.
 *
 * @throws InvalidInputError if there is no other owner who is not suspended
 */
export async function keepAnOwner(core: Database, tx: Tx, leaving: UserId): Promise<void> {
  await advisoryLock(core, tx, "owners");
  if ((await findOtherOwner(core, tx, leaving)) === undefined)
    throw new InvalidInputError("this is the last owner", [
      { field: "roles", detail: "A server needs an owner: give the role to another user first." },
    ]);
}
