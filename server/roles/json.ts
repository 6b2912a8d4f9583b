import type { Permission } from "#authz/permission.ts";
import { type AssignableRole, displayNameOf } from "#authz/roles.ts";
import type { AssignableRoles, Permission as PermissionJson, SlimRole } from "#sdk/roles.ts";

/** @param organizationId for a role in an organization */
export function slimRoleJson(name: string, organizationId?: string): SlimRole {
  return { name, display_name: displayNameOf(name), ...(organizationId !== undefined && { organization_id: organizationId }) };
}

export function assignableRoleJson(role: AssignableRole): AssignableRoles {
  return {
    ...slimRoleJson(role.name, role.organizationId),
    ...(role.description !== "" && { description: role.description }),
    site_permissions: role.site.map(permissionJson),
    user_permissions: role.user.map(permissionJson),
    organization_permissions: role.org.map(permissionJson),
    organization_member_permissions: role.member.map(permissionJson),
    assignable: role.isAssignable,
    built_in: true,
  };
}

function permissionJson({ type, action, negate }: Permission): PermissionJson {
  return { negate: negate === true, resource_type: type, action };
}
