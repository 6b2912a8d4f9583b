/** Workspace builds: each is one run of Terraform for a workspace. */
import { type Static, Type } from "typebox";
import { List, Text } from "./limits.ts";
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
  name: Text("name"),
  value: Text("value"),
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
  rich_parameter_values: Type.Optional(List(WorkspaceBuildParameter, "values")),
  template_version_preset_id: Type.Optional(Uuid),
});
export type CreateWorkspaceBuildOnSuccessRequest = Static<typeof CreateWorkspaceBuildOnSuccessRequest>;

export const CreateWorkspaceBuildRequest = Type.Object({
  template_version_id: Type.Optional(Uuid),
  transition: WorkspaceTransition,
  dry_run: Type.Optional(Type.Boolean()),
  /** base64 */
  state: Type.Optional(Text("state")),
  orphan: Type.Optional(Type.Boolean()),
  rich_parameter_values: Type.Optional(List(WorkspaceBuildParameter, "values")),
  log_level: Type.Optional(ProvisionerLogLevel),
  template_version_preset_id: Type.Optional(Uuid),
  reason: Type.Optional(CreateWorkspaceBuildReason),
  on_success: Type.Optional(CreateWorkspaceBuildOnSuccessRequest),
});
export type CreateWorkspaceBuildRequest = Static<typeof CreateWorkspaceBuildRequest>;

export const TimingStage = Type.Enum(["apply", "connect", "cron", "graph", "init", "plan", "start", "stop"]);
export type TimingStage = Static<typeof TimingStage>;

const timing = { started_at: DateTime, ended_at: DateTime, stage: TimingStage };
const ofAgent = { workspace_agent_id: Uuid, workspace_agent_name: Type.String() };

export const ProvisionerTiming = Type.Object({
  job_id: Uuid,
  ...timing,
  source: Type.String(),
  action: Type.String(),
  resource: Type.String(),
});
export type ProvisionerTiming = Static<typeof ProvisionerTiming>;

/** @property status `ok`, `exit_failure`, `timed_out`, `pipes_left_open` */
export const AgentScriptTiming = Type.Object({
  ...timing,
  exit_code: Type.Integer(),
  status: Type.String(),
  display_name: Type.String(),
  ...ofAgent,
});
export type AgentScriptTiming = Static<typeof AgentScriptTiming>;

export const AgentConnectionTiming = Type.Object({ ...timing, ...ofAgent });
export type AgentConnectionTiming = Static<typeof AgentConnectionTiming>;

export const WorkspaceBuildTimings = Type.Object({
  provisioner_timings: Type.Array(ProvisionerTiming),
  agent_script_timings: Type.Array(AgentScriptTiming),
  agent_connection_timings: Type.Array(AgentConnectionTiming),
});
export type WorkspaceBuildTimings = Static<typeof WorkspaceBuildTimings>;
