/** Workspace builds: each is one run of Terraform for a workspace. */
import { type Static, Type } from "typebox";
import { MatchedProvisioners, ProvisionerJob, WorkspaceTransition } from "./provisioner-jobs.ts";
import { DateTime, Nullable, Uuid } from "./scalars.ts";
import { WorkspaceResource } from "./workspace-resources.ts";

export const BuildReason = Type.Enum([
  "autostart",
  "autostop",
  "cli",
  "dashboard",
  "dormancy",
  "initiator",
  "jetbrains_connection",
  "ssh_connection",
  "vscode_connection",
]);
export type BuildReason = Static<typeof BuildReason>;

export const CreateWorkspaceBuildReason = Type.Enum(["cli", "dashboard", "jetbrains_connection", "ssh_connection", "vscode_connection"]);
export type CreateWorkspaceBuildReason = Static<typeof CreateWorkspaceBuildReason>;

export const ProvisionerLogLevel = Type.Enum(["debug"]);
export type ProvisionerLogLevel = Static<typeof ProvisionerLogLevel>;

export const WorkspaceStatus = Type.Enum([
  "canceled",
  "canceling",
  "deleted",
  "deleting",
  "failed",
  "pending",
  "running",
  "starting",
  "stopped",
  "stopping",
]);
export type WorkspaceStatus = Static<typeof WorkspaceStatus>;

export const WorkspaceBuildParameter = Type.Object({
  name: Type.String(),
  value: Type.String(),
});
export type WorkspaceBuildParameter = Static<typeof WorkspaceBuildParameter>;

export const WorkspaceBuild = Type.Object({
  id: Uuid,
  created_at: DateTime,
  updated_at: DateTime,
  workspace_id: Uuid,
  workspace_name: Type.String(),
  workspace_owner_id: Uuid,
  workspace_owner_name: Type.String(),
  workspace_owner_avatar_url: Type.Optional(Type.String()),
  template_version_id: Uuid,
  template_version_name: Type.String(),
  build_number: Type.Integer(),
  transition: WorkspaceTransition,
  initiator_id: Uuid,
  initiator_name: Type.String(),
  job: ProvisionerJob,
  reason: BuildReason,
  resources: Type.Array(WorkspaceResource),
  deadline: Type.Optional(DateTime),
  max_deadline: Type.Optional(DateTime),
  status: WorkspaceStatus,
  daily_cost: Type.Integer(),
  matched_provisioners: Type.Optional(MatchedProvisioners),
  template_version_preset_id: Nullable(Uuid),
  has_external_agent: Type.Optional(Type.Boolean()),
});
export type WorkspaceBuild = Static<typeof WorkspaceBuild>;

export const CreateWorkspaceBuildOnSuccessRequest = Type.Object({
  template_version_id: Type.Optional(Uuid),
  transition: WorkspaceTransition,
  rich_parameter_values: Type.Optional(Type.Array(WorkspaceBuildParameter)),
  template_version_preset_id: Type.Optional(Uuid),
});
export type CreateWorkspaceBuildOnSuccessRequest = Static<typeof CreateWorkspaceBuildOnSuccessRequest>;

export const CreateWorkspaceBuildRequest = Type.Object({
  template_version_id: Type.Optional(Uuid),
  transition: WorkspaceTransition,
  dry_run: Type.Optional(Type.Boolean()),
  /** base64 */
  state: Type.Optional(Type.String()),
  orphan: Type.Optional(Type.Boolean()),
  rich_parameter_values: Type.Optional(Type.Array(WorkspaceBuildParameter)),
  log_level: Type.Optional(ProvisionerLogLevel),
  template_version_preset_id: Type.Optional(Uuid),
  reason: Type.Optional(CreateWorkspaceBuildReason),
  on_success: Type.Optional(CreateWorkspaceBuildOnSuccessRequest),
});
export type CreateWorkspaceBuildRequest = Static<typeof CreateWorkspaceBuildRequest>;
