import { organizationObject } from "#authz/object.ts";
import type { UpdateOrganizationRequest } from "#sdk/organizations.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { WorkspaceSharing } from "../database/tables/organizations.ts";
import type { OrganizationId } from "../ids.ts";
import { requireAssignable } from "../roles/role-authority.ts";
import { changeOfRoles, knownOrganizationRoles } from "../roles/role-rules.ts";
import { entryOf } from "./organization-entry.ts";
import { lockedOrganization, type Organization, updateOrganizationRow } from "./organization-rows.ts";
import { checkOrganizationTexts } from "./organization-rules.ts";

/** A field that is left out stays as it is. */
export interface OrganizationPatch {
  readonly name?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly icon?: string;
  readonly defaultMemberRoles?: readonly string[];
  readonly workspaceSharing?: WorkspaceSharing;
}

/** @throws InvalidInputError naming the fields */
export function parseOrganizationPatch(current: Organization, request: UpdateOrganizationRequest): OrganizationPatch {
  const { name, display_name, description, icon, default_org_member_roles } = request;
  // The default organization may keep its name, which no other organization may have.
  const isRenamed = name !== undefined && name !== current.name;
  checkOrganizationTexts({ ...(isRenamed && { name }), display_name, description, icon });
  return {
    ...(isRenamed && { name }),
    ...(display_name !== undefined && { displayName: display_name }),
    ...(description !== undefined && { description }),
    ...(icon !== undefined && { icon }),
    ...(default_org_member_roles !== undefined && { defaultMemberRoles: default_org_member_roles }),
  };
}

/** @throws NameTakenError; NotAllowedError if the default roles gain or lose a role that the subject may not give or take away */
export const updateOrganization = ruled(
  "organizations.update",
  (context: Context, id: OrganizationId, patch: OrganizationPatch): Promise<Organization> =>
    context.write(async (tx) => {
      const { name, displayName, description, icon, defaultMemberRoles, workspaceSharing } = patch;
      const before = await lockedOrganization(context, tx, id);
      context.guard.require("update", organizationObject(id), "organization");
      const roles = defaultMemberRoles && knownOrganizationRoles(defaultMemberRoles, "default_org_member_roles");
      if (roles !== undefined) {
        const { added, removed } = changeOfRoles(before.default_member_roles, roles);
        if (added.length + removed.length > 0) requireAssignable(context, { assign: added, unassign: removed }, id);
      }
      const after = await updateOrganizationRow(tx.db, before, {
        ...(name !== undefined && { name }),
        ...(displayName !== undefined && { display_name: displayName }),
        ...(description !== undefined && { description }),
        ...(icon !== undefined && { icon }),
        ...(roles !== undefined && { default_member_roles: roles }),
        ...(workspaceSharing !== undefined && { workspace_sharing: workspaceSharing }),
        updated_at: context.now(),
      });
      await audit(context, tx, { ...entryOf(after), action: "write", before, after });
      return after;
    }),
);
