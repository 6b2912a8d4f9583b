/** Jobs for provisioner daemons, and their logs. */
import { type Static, Type } from "typebox";
import { DateTime, Uuid } from "./scalars.ts";

export const WorkspaceTransition = Type.Enum(["delete", "start", "stop"]);
export type WorkspaceTransition = Static<typeof WorkspaceTransition>;

export const JobErrorCode = Type.Enum(["INSUFFICIENT_QUOTA", "REQUIRED_TEMPLATE_VARIABLES"]);
export type JobErrorCode = Static<typeof JobErrorCode>;

export const ProvisionerJobStatus = Type.Enum(["canceled", "canceling", "failed", "pending", "running", "succeeded", "unknown"]);
export type ProvisionerJobStatus = Static<typeof ProvisionerJobStatus>;

export const ProvisionerJobType = Type.Enum(["template_version_dry_run", "template_version_import", "workspace_build"]);
export type ProvisionerJobType = Static<typeof ProvisionerJobType>;

export const ProvisionerJobInput = Type.Object({
  template_version_id: Type.Optional(Uuid),
  workspace_build_id: Type.Optional(Uuid),
  error: Type.Optional(Type.String()),
});
export type ProvisionerJobInput = Static<typeof ProvisionerJobInput>;

export const ProvisionerJobMetadata = Type.Object({
  template_version_name: Type.String(),
  template_id: Uuid,
  template_name: Type.String(),
  template_display_name: Type.String(),
  template_icon: Type.String(),
  workspace_id: Type.Optional(Uuid),
  workspace_name: Type.Optional(Type.String()),
  workspace_build_transition: Type.Optional(WorkspaceTransition),
});
export type ProvisionerJobMetadata = Static<typeof ProvisionerJobMetadata>;

export const ProvisionerJob = Type.Object({
  id: Uuid,
  created_at: DateTime,
  started_at: Type.Optional(DateTime),
  completed_at: Type.Optional(DateTime),
  canceled_at: Type.Optional(DateTime),
  error: Type.Optional(Type.String()),
  error_code: Type.Optional(JobErrorCode),
  status: ProvisionerJobStatus,
  worker_id: Type.Optional(Uuid),
  worker_name: Type.Optional(Type.String()),
  file_id: Uuid,
  tags: Type.Record(Type.String(), Type.String()),
  queue_position: Type.Integer(),
  queue_size: Type.Integer(),
  organization_id: Uuid,
  initiator_id: Uuid,
  input: ProvisionerJobInput,
  type: ProvisionerJobType,
  available_workers: Type.Optional(Type.Array(Uuid)),
  metadata: ProvisionerJobMetadata,
  logs_overflowed: Type.Boolean(),
});
export type ProvisionerJob = Static<typeof ProvisionerJob>;

export const LogSource = Type.Enum(["provisioner", "provisioner_daemon"]);
export type LogSource = Static<typeof LogSource>;

export const LogLevel = Type.Enum(["debug", "error", "info", "trace", "warn"]);
export type LogLevel = Static<typeof LogLevel>;

export const ProvisionerJobLog = Type.Object({
  id: Type.Integer(),
  created_at: DateTime,
  log_source: LogSource,
  log_level: LogLevel,
  stage: Type.String(),
  output: Type.String(),
});
export type ProvisionerJobLog = Static<typeof ProvisionerJobLog>;

export const MatchedProvisioners = Type.Object({
  count: Type.Integer(),
  available: Type.Integer(),
  most_recently_seen: Type.Optional(DateTime),
});
export type MatchedProvisioners = Static<typeof MatchedProvisioners>;
