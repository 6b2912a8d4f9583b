import { organizationMemberObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { InUseError, InvalidInputError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { protectOwnerInOrganization, requireAssignable } from "../roles/role-authority.ts";
import { entryOf } from "./member-entry.ts";
import { deleteMemberRow, lockedMember, ownsWorkspacesIn } from "./member-rows.ts";

/**
 * @throws InvalidInputError for oneself; InUseError for a member who owns workspaces in the organization; NotAllowedError for an owner,
 *   unless the subject is one too, and for a member with a role there that the subject may not take away
 */
export const removeMember = ruled(
  "organizationMembers.remove",
  async (context: Context, organizationId: OrganizationId, userId: UserId): Promise<void> => {
    const { guard, write } = context;
    await write(async (tx) => {
      const before = await lockedMember(context, tx, organizationId, userId);
      guard.require("delete", organizationMemberObject({ userId, organizationId }), "organization member");
      if (guard.subject.id === userId) throw new InvalidInputError("you cannot remove yourself from an organization");
      await protectOwnerInOrganization(context, tx, userId);
      if (before.roles.length > 0) requireAssignable(context, { assign: [], unassign: before.roles }, organizationId);
      if (await ownsWorkspacesIn(tx.db, organizationId, userId))
        throw new InUseError("the member still owns workspaces in this organization: delete them first");
      await deleteMemberRow(tx.db, organizationId, userId);
      await audit(context, tx, { ...entryOf(before), action: "delete", before });
    });
  },
);
