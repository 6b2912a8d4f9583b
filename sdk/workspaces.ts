/** Workspaces. */
import { type Static, Type } from "typebox";
import { List, Text } from "./limits.ts";
import { DateTime, Nullable, Uuid } from "./scalars.ts";
import { WorkspaceAppStatus } from "./workspace-apps.ts";
import { WorkspaceBuild, WorkspaceBuildParameter } from "./workspace-builds.ts";

export const AutomaticUpdates = Type.Enum(["always", "never"]);
export type AutomaticUpdates = Static<typeof AutomaticUpdates>;

export const SharedWorkspaceActorType = Type.Enum(["group", "user"]);
export type SharedWorkspaceActorType = Static<typeof SharedWorkspaceActorType>;

export const WorkspaceRole = Type.Enum(["admin", "", "use"]);
export type WorkspaceRole = Static<typeof WorkspaceRole>;

export const SharedWorkspaceActor = Type.Object({
  id: Uuid,
  actor_type: SharedWorkspaceActorType,
  name: Type.String(),
  avatar_url: Type.Optional(Type.String()),
  roles: Type.Array(WorkspaceRole),
});
export type SharedWorkspaceActor = Static<typeof SharedWorkspaceActor>;

export const WorkspaceHealth = Type.Object({
  healthy: Type.Boolean(),
  failing_agents: Type.Array(Uuid),
});
export type WorkspaceHealth = Static<typeof WorkspaceHealth>;

export const Workspace = Type.Object({
  id: Uuid,
  created_at: DateTime,
  updated_at: DateTime,
  owner_id: Uuid,
  owner_name: Type.String(),
  owner_avatar_url: Type.String(),
  organization_id: Uuid,
  organization_name: Type.String(),
  template_id: Uuid,
  template_name: Type.String(),
  template_display_name: Type.String(),
  template_icon: Type.String(),
  template_allow_user_cancel_workspace_jobs: Type.Boolean(),
  template_active_version_id: Uuid,
  template_require_active_version: Type.Boolean(),
  template_use_classic_parameter_flow: Type.Boolean(),
  latest_build: WorkspaceBuild,
  latest_app_status: Nullable(WorkspaceAppStatus),
  outdated: Type.Boolean(),
  name: Type.String(),
  autostart_schedule: Type.Optional(Type.String()),
  ttl_ms: Type.Optional(Type.Integer()),
  last_used_at: DateTime,
  deleting_at: Nullable(DateTime),
  dormant_at: Nullable(DateTime),
  health: WorkspaceHealth,
  automatic_updates: AutomaticUpdates,
  allow_renames: Type.Boolean(),
  favorite: Type.Boolean(),
  next_start_at: Nullable(DateTime),
  is_prebuild: Type.Boolean(),
  shared_with: Type.Optional(Type.Array(SharedWorkspaceActor)),
});
export type Workspace = Static<typeof Workspace>;

export const WorkspacesResponse = Type.Object({
  workspaces: Type.Array(Workspace),
  count: Type.Integer(),
});
export type WorkspacesResponse = Static<typeof WorkspacesResponse>;

export const CreateWorkspaceRequest = Type.Object({
  template_id: Type.Optional(Uuid),
  template_version_id: Type.Optional(Uuid),
  name: Text("name"),
  autostart_schedule: Type.Optional(Text("name")),
  ttl_ms: Type.Optional(Type.Integer()),
  rich_parameter_values: Type.Optional(List(WorkspaceBuildParameter, "values")),
  automatic_updates: Type.Optional(AutomaticUpdates),
  template_version_preset_id: Type.Optional(Uuid),
});
export type CreateWorkspaceRequest = Static<typeof CreateWorkspaceRequest>;
