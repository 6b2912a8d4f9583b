/** Workspace agents, as users see them. */
import { type Static, Type } from "typebox";
import { LogLevel } from "./provisioner-jobs.ts";
import { DateTime, Nullable, Uuid } from "./scalars.ts";
import { WorkspaceApp } from "./workspace-apps.ts";

export const WorkspaceAgentStatus = Type.Enum(["connected", "connecting", "disconnected", "timeout"]);
export type WorkspaceAgentStatus = Static<typeof WorkspaceAgentStatus>;

export const WorkspaceAgentLifecycle = Type.Enum([
  "created",
  "off",
  "ready",
  "shutdown_error",
  "shutdown_timeout",
  "shutting_down",
  "start_error",
  "start_timeout",
  "starting",
]);
export type WorkspaceAgentLifecycle = Static<typeof WorkspaceAgentLifecycle>;

export const AgentSubsystem = Type.Enum(["envbox", "envbuilder", "exectrace"]);
export type AgentSubsystem = Static<typeof AgentSubsystem>;

export const DisplayApp = Type.Enum(["port_forwarding_helper", "ssh_helper", "vscode", "vscode_insiders", "web_terminal"]);
export type DisplayApp = Static<typeof DisplayApp>;

export const WorkspaceAgentStartupScriptBehavior = Type.Enum(["blocking", "non-blocking"]);
export type WorkspaceAgentStartupScriptBehavior = Static<typeof WorkspaceAgentStartupScriptBehavior>;

export const WorkspaceAgentScriptStatus = Type.Enum(["exit_failure", "ok", "pipes_left_open", "timed_out"]);
export type WorkspaceAgentScriptStatus = Static<typeof WorkspaceAgentScriptStatus>;

export const DERPRegion = Type.Object({
  preferred: Type.Boolean(),
  latency_ms: Type.Number(),
});
export type DERPRegion = Static<typeof DERPRegion>;

export const WorkspaceAgentHealth = Type.Object({
  healthy: Type.Boolean(),
  reason: Type.Optional(Type.String()),
});
export type WorkspaceAgentHealth = Static<typeof WorkspaceAgentHealth>;

export const WorkspaceAgentLogSource = Type.Object({
  workspace_agent_id: Uuid,
  id: Uuid,
  created_at: DateTime,
  display_name: Type.String(),
  icon: Type.String(),
});
export type WorkspaceAgentLogSource = Static<typeof WorkspaceAgentLogSource>;

export const WorkspaceAgentScript = Type.Object({
  id: Uuid,
  log_source_id: Uuid,
  log_path: Type.String(),
  script: Type.String({ description: "Empty for callers who do not see the values of the agent's `environment_variables`." }),
  cron: Type.String(),
  run_on_start: Type.Boolean(),
  run_on_stop: Type.Boolean(),
  start_blocks_login: Type.Boolean(),
  /** In nanoseconds. */
  timeout: Type.Integer(),
  display_name: Type.String(),
  exit_code: Type.Optional(Type.Integer()),
  status: Type.Optional(WorkspaceAgentScriptStatus),
});
export type WorkspaceAgentScript = Static<typeof WorkspaceAgentScript>;

export const WorkspaceAgentMetadataResult = Type.Object({
  collected_at: DateTime,
  age: Type.Integer(),
  value: Type.String(),
  error: Type.String(),
});
export type WorkspaceAgentMetadataResult = Static<typeof WorkspaceAgentMetadataResult>;

export const WorkspaceAgentMetadataDescription = Type.Object({
  display_name: Type.String(),
  key: Type.String(),
  script: Type.String(),
  interval: Type.Integer(),
  timeout: Type.Integer(),
});
export type WorkspaceAgentMetadataDescription = Static<typeof WorkspaceAgentMetadataDescription>;

export const WorkspaceAgentMetadata = Type.Object({
  result: WorkspaceAgentMetadataResult,
  description: WorkspaceAgentMetadataDescription,
});
export type WorkspaceAgentMetadata = Static<typeof WorkspaceAgentMetadata>;

export const WorkspaceAgent = Type.Object({
  id: Uuid,
  parent_id: Nullable(Uuid),
  created_at: DateTime,
  updated_at: DateTime,
  first_connected_at: Type.Optional(DateTime),
  last_connected_at: Type.Optional(DateTime),
  disconnected_at: Type.Optional(DateTime),
  started_at: Type.Optional(DateTime),
  ready_at: Type.Optional(DateTime),
  status: WorkspaceAgentStatus,
  lifecycle_state: WorkspaceAgentLifecycle,
  name: Type.String(),
  resource_id: Uuid,
  instance_id: Type.Optional(Type.String()),
  architecture: Type.String(),
  environment_variables: Type.Record(Type.String(), Type.String(), {
    description:
      "All names. The values are empty, unless the caller owns the workspace and is signed in, or has `workspace:ssh` or " +
      "`workspace:update_agent` on it.",
  }),
  operating_system: Type.String(),
  logs_length: Type.Integer(),
  logs_overflowed: Type.Boolean(),
  directory: Type.Optional(Type.String()),
  expanded_directory: Type.Optional(Type.String()),
  version: Type.String(),
  api_version: Type.String(),
  apps: Type.Array(WorkspaceApp),
  latency: Type.Optional(Type.Record(Type.String(), DERPRegion)),
  connection_timeout_seconds: Type.Integer(),
  troubleshooting_url: Type.String(),
  subsystems: Type.Array(AgentSubsystem),
  health: WorkspaceAgentHealth,
  display_apps: Type.Array(DisplayApp),
  log_sources: Type.Array(WorkspaceAgentLogSource),
  scripts: Type.Array(WorkspaceAgentScript),
  metadata: Type.Optional(Type.Array(WorkspaceAgentMetadata)),
  startup_script_behavior: WorkspaceAgentStartupScriptBehavior,
});
export type WorkspaceAgent = Static<typeof WorkspaceAgent>;

export const WorkspaceAgentLog = Type.Object({
  id: Type.Integer(),
  created_at: DateTime,
  output: Type.String(),
  level: LogLevel,
  source_id: Uuid,
});
export type WorkspaceAgentLog = Static<typeof WorkspaceAgentLog>;
