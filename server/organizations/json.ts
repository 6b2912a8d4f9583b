import type { Organization as OrganizationJson } from "#sdk/organizations.ts";
import type { Organization } from "./organization-rows.ts";

export function organizationJson(organization: Organization): OrganizationJson {
  return {
    id: organization.id,
    name: organization.name,
    display_name: organization.display_name,
    icon: organization.icon,
    description: organization.description,
    created_at: organization.created_at.toISOString(),
    updated_at: organization.updated_at.toISOString(),
    is_default: organization.is_default,
    default_org_member_roles: [...organization.default_member_roles],
  };
}
