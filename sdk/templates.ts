/** Templates. */
import { type Static, Type } from "typebox";
import { Text } from "./limits.ts";
import { ProvisionerType } from "./provisioner-daemons.ts";
import { WorkspaceTransition } from "./provisioner-jobs.ts";
import { DateTime, Nullable, Uuid } from "./scalars.ts";

export const WorkspaceAgentPortShareLevel = Type.Enum(["authenticated", "organization", "owner", "public"]);
export type WorkspaceAgentPortShareLevel = Static<typeof WorkspaceAgentPortShareLevel>;

export const CORSBehavior = Type.Enum(["passthru", "simple"]);
export type CORSBehavior = Static<typeof CORSBehavior>;

export const TransitionStats = Type.Object({
  P50: Nullable(Type.Integer()),
  P95: Nullable(Type.Integer()),
});
export type TransitionStats = Static<typeof TransitionStats>;

export const TemplateBuildTimeStats = Type.Partial(Type.Record(WorkspaceTransition, TransitionStats));
export type TemplateBuildTimeStats = Static<typeof TemplateBuildTimeStats>;

export const TemplateAutostopRequirement = Type.Object({
  days_of_week: Type.Array(Type.Enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]), { maxItems: 7 }),
  weeks: Type.Integer(),
});
export type TemplateAutostopRequirement = Static<typeof TemplateAutostopRequirement>;

export const TemplateAutostartRequirement = Type.Object({
  days_of_week: Type.Array(Type.Enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]), { maxItems: 7 }),
});
export type TemplateAutostartRequirement = Static<typeof TemplateAutostartRequirement>;

export const Template = Type.Object({
  id: Uuid,
  created_at: DateTime,
  updated_at: DateTime,
  organization_id: Uuid,
  organization_name: Type.String(),
  organization_display_name: Type.String(),
  organization_icon: Type.String(),
  name: Type.String(),
  display_name: Type.String(),
  provisioner: ProvisionerType,
  active_version_id: Uuid,
  active_user_count: Type.Integer(),
  build_time_stats: TemplateBuildTimeStats,
  description: Type.String(),
  deprecated: Type.Boolean(),
  deprecation_message: Type.String(),
  deleted: Type.Boolean(),
  icon: Type.String(),
  default_ttl_ms: Type.Integer(),
  activity_bump_ms: Type.Integer(),
  time_til_autostop_notify_ms: Type.Integer(),
  autostop_requirement: TemplateAutostopRequirement,
  autostart_requirement: TemplateAutostartRequirement,
  created_by_id: Uuid,
  created_by_name: Type.String(),
  allow_user_autostart: Type.Boolean(),
  allow_user_autostop: Type.Boolean(),
  allow_user_cancel_workspace_jobs: Type.Boolean(),
  failure_ttl_ms: Type.Integer(),
  time_til_dormant_ms: Type.Integer(),
  time_til_dormant_autodelete_ms: Type.Integer(),
  require_active_version: Type.Boolean(),
  max_port_share_level: WorkspaceAgentPortShareLevel,
  cors_behavior: CORSBehavior,
  use_classic_parameter_flow: Type.Boolean(),
  agents_allowed: Type.Boolean(),
  disable_module_cache: Type.Boolean(),
  module_cache_disabled_by_deployment: Type.Boolean(),
  allow_workspace_renames: Type.Boolean(),
});
export type Template = Static<typeof Template>;

export const CreateTemplateRequest = Type.Object({
  name: Text("name"),
  display_name: Type.Optional(Text("label")),
  description: Type.Optional(Text("description")),
  icon: Type.Optional(Text("icon")),
  template_version_id: Uuid,
  default_ttl_ms: Type.Optional(Type.Integer()),
  activity_bump_ms: Type.Optional(Type.Integer()),
  time_til_autostop_notify_ms: Type.Optional(Type.Integer()),
  autostop_requirement: Type.Optional(TemplateAutostopRequirement),
  autostart_requirement: Type.Optional(TemplateAutostartRequirement),
  allow_user_cancel_workspace_jobs: Type.Optional(Type.Boolean()),
  allow_user_autostart: Type.Optional(Type.Boolean()),
  allow_user_autostop: Type.Optional(Type.Boolean()),
  failure_ttl_ms: Type.Optional(Type.Integer()),
  dormant_ttl_ms: Type.Optional(Type.Integer()),
  delete_ttl_ms: Type.Optional(Type.Integer()),
  disable_everyone_group_access: Type.Optional(Type.Boolean()),
  require_active_version: Type.Optional(Type.Boolean()),
  max_port_share_level: Type.Optional(WorkspaceAgentPortShareLevel),
  template_use_classic_parameter_flow: Type.Optional(Type.Boolean()),
  cors_behavior: Type.Optional(CORSBehavior),
  agents_allowed: Type.Optional(Type.Boolean()),
  allow_workspace_renames: Type.Optional(Type.Boolean()),
});
export type CreateTemplateRequest = Static<typeof CreateTemplateRequest>;

export const UpdateActiveTemplateVersion = Type.Object({
  id: Uuid,
});
export type UpdateActiveTemplateVersion = Static<typeof UpdateActiveTemplateVersion>;
