import type { Generated } from "kysely";
import type { OrganizationId, UserId } from "../../ids.ts";

export type WorkspaceSharing = "none" | "everyone" | "service_accounts";

/** Organizations and who belongs to them. */
export interface OrganizationsTables {
  organizations: {
    id: OrganizationId;
    name: string;
    display_name: string;
    description: Generated<string>;
    icon: Generated<string>;
    is_default: boolean;
    /** Roles that each member has in addition to its own and the implied `organization-member`. */
    default_member_roles: Generated<readonly string[]>;
    /** Whose workspaces may be shared. */
    workspace_sharing: Generated<WorkspaceSharing>;
    deleted: Generated<boolean>;
    created_at: Date;
    updated_at: Date;
  };
  organization_members: {
    organization_id: OrganizationId;
    user_id: UserId;
    /** Organization roles, without the implied `organization-member`. */
    roles: readonly string[];
    created_at: Date;
    updated_at: Date;
  };
}
