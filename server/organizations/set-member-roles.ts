import { organizationMemberObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { InvalidInputError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { protectOwnerInOrganization, requireAssignable } from "../roles/role-authority.ts";
import { changeOfRoles, knownOrganizationRoles } from "../roles/role-rules.ts";
import { entryOf } from "./member-entry.ts";
import { findMember, lockedMember, type OrganizationMember, updateMemberRoles } from "./member-rows.ts";

/**
 * Replaces the roles that the member was given.
 *
 * @throws InvalidInputError for one's own roles, and for a role that does not exist; NotAllowedError, also for an owner, unless the subject is one too
 */
export const setMemberRoles = ruled(
  "organizationMembers.setRoles",
  async (context: Context, organizationId: OrganizationId, userId: UserId, names: readonly string[]): Promise<OrganizationMember> => {
    const { guard, write, now } = context;
    const roles = knownOrganizationRoles(names, "roles");
    return write(async (tx) => {
      const before = await lockedMember(context, tx, organizationId, userId);
      guard.read(organizationMemberObject({ userId, organizationId }), "organization member");
      if (guard.subject.id === userId) throw new InvalidInputError("you cannot change your own roles");
      const { added, removed } = changeOfRoles(before.roles, roles);
      requireAssignable(context, { assign: added, unassign: removed }, organizationId);
      await protectOwnerInOrganization(context, tx, userId);
      await updateMemberRoles(tx.db, before, { roles, updated_at: now() });
      const after = (await findMember(tx.db, organizationId, userId)) ?? before;
      await audit(context, tx, { ...entryOf(after), action: "write", before, after });
      return after;
    });
  },
);
