/** Organizations and their members. */
import { type Static, Type } from "typebox";
import { List, Text } from "./limits.ts";
import { SlimRole } from "./roles.ts";
import { DateTime, Uuid } from "./scalars.ts";
import { LoginType, UserStatus } from "./users.ts";

export const Organization = Type.Object({
  id: Uuid,
  name: Type.String(),
  display_name: Type.String(),
  icon: Type.String(),
  description: Type.String(),
  created_at: DateTime,
  updated_at: DateTime,
  is_default: Type.Boolean(),
  /** The roles that every member has besides the assigned ones. */
  default_org_member_roles: Type.Array(Type.String()),
});
export type Organization = Static<typeof Organization>;

export const CreateOrganizationRequest = Type.Object({
  name: Text("name"),
  /** Default: the name. */
  display_name: Type.Optional(Text("label")),
  description: Type.Optional(Text("description")),
  icon: Type.Optional(Text("icon")),
});
export type CreateOrganizationRequest = Static<typeof CreateOrganizationRequest>;

/** Fields that are left out stay as they are. */
export const UpdateOrganizationRequest = Type.Object({
  name: Type.Optional(Text("name")),
  display_name: Type.Optional(Text("label")),
  description: Type.Optional(Text("description")),
  icon: Type.Optional(Text("icon")),
  default_org_member_roles: Type.Optional(List(Text("name"), "names")),
});
export type UpdateOrganizationRequest = Static<typeof UpdateOrganizationRequest>;

/** The users whose workspaces may be shared with others. */
export const ShareableWorkspaceOwners = Type.Enum(["none", "everyone", "service_accounts"]);
export type ShareableWorkspaceOwners = Static<typeof ShareableWorkspaceOwners>;

export const WorkspaceSharingSettings = Type.Object({
  /** Always false, because this server has no switch for all organizations at once. */
  sharing_globally_disabled: Type.Boolean(),
  /** True for `none`; for clients that only know on and off. */
  sharing_disabled: Type.Boolean(),
  shareable_workspace_owners: ShareableWorkspaceOwners,
});
export type WorkspaceSharingSettings = Static<typeof WorkspaceSharingSettings>;

/** If both fields are set, `shareable_workspace_owners` counts. */
export const UpdateWorkspaceSharingSettingsRequest = Type.Object({
  sharing_disabled: Type.Optional(Type.Boolean()),
  shareable_workspace_owners: Type.Optional(Type.Enum(["none", "everyone", "service_accounts", ""])),
});
export type UpdateWorkspaceSharingSettingsRequest = Static<typeof UpdateWorkspaceSharingSettingsRequest>;

export const OrganizationMember = Type.Object({
  user_id: Uuid,
  organization_id: Uuid,
  created_at: DateTime,
  updated_at: DateTime,
  roles: Type.Array(SlimRole),
});
export type OrganizationMember = Static<typeof OrganizationMember>;

export const OrganizationMemberWithUserData = Type.Object({
  ...OrganizationMember.properties,
  username: Type.String(),
  name: Type.Optional(Type.String()),
  avatar_url: Type.Optional(Type.String()),
  email: Type.String(),
  status: UserStatus,
  login_type: LoginType,
  last_seen_at: Type.Optional(DateTime),
  user_created_at: DateTime,
  user_updated_at: DateTime,
  is_service_account: Type.Optional(Type.Boolean()),
  /** Site roles. */
  global_roles: Type.Array(SlimRole),
  has_ai_seat: Type.Boolean(),
});
export type OrganizationMemberWithUserData = Static<typeof OrganizationMemberWithUserData>;

export const PaginatedMembersResponse = Type.Object({
  members: Type.Array(OrganizationMemberWithUserData),
  /** Number of matches before limit and offset. */
  count: Type.Integer(),
});
export type PaginatedMembersResponse = Static<typeof PaginatedMembersResponse>;
