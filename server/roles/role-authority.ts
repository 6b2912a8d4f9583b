/** Who may do what to whose roles and accounts: the checks that a change makes inside its transaction. */
import { organizationObject, orgRoleObject, roleObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import type { Database, Tx } from "../database/database.ts";
import { advisoryLock } from "../database/locks.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { findOtherOwner, heldOrganization } from "./role-rows.ts";
import { requireAuthorityOver } from "./role-rules.ts";

interface RoleChange {
  readonly assign: readonly string[];
  readonly unassign?: readonly string[];
}

/**
 * Checks a change of site roles, or of roles in one organization. An empty change needs the right to give roles too.
 *
 * @throws ForbiddenError without the right to give or take roles at all; NotAllowedError for a role that the subject may not give, or take
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
 * Checks that the subject may add a member to an organization, which stays until the transaction ends. A new member gets the organization's
 * default roles, so the subject must be able to give those.
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
 * Part of a change after which this user is not an owner any more. It waits for other such changes, so that the last two owners cannot
 * leave at the same time.
 *
 * @throws InvalidInputError when there is no other owner who is not suspended
 */
export async function keepAnOwner(core: Database, tx: Tx, leaving: UserId): Promise<void> {
  await advisoryLock(core, tx, "owners");
  if ((await findOtherOwner(core, tx, leaving)) === undefined)
    throw new InvalidInputError("this is the last owner", [
      { field: "roles", detail: "A server needs an owner: make somebody else one first." },
    ]);
}
