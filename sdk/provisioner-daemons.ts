/** The server's view of provisioner daemons. */
import { type Static, Type } from "typebox";
import { ProvisionerJobStatus } from "./provisioner-jobs.ts";
import { DateTime, Nullable, Uuid } from "./scalars.ts";

export const ProvisionerType = Type.Enum(["echo", "terraform"]);
export type ProvisionerType = Static<typeof ProvisionerType>;

export const ProvisionerDaemonStatus = Type.Enum(["busy", "idle", "offline"]);
export type ProvisionerDaemonStatus = Static<typeof ProvisionerDaemonStatus>;

export const ProvisionerDaemonJob = Type.Object({
  id: Uuid,
  status: ProvisionerJobStatus,
  template_name: Type.String(),
  template_icon: Type.String(),
  template_display_name: Type.String(),
});
export type ProvisionerDaemonJob = Static<typeof ProvisionerDaemonJob>;

export const ProvisionerDaemon = Type.Object({
  id: Uuid,
  organization_id: Uuid,
  key_id: Uuid,
  created_at: DateTime,
  last_seen_at: Type.Optional(DateTime),
  name: Type.String(),
  version: Type.String(),
  api_version: Type.String(),
  provisioners: Type.Array(ProvisionerType),
  tags: Type.Record(Type.String(), Type.String()),
  key_name: Nullable(Type.String()),
  status: Nullable(ProvisionerDaemonStatus),
  current_job: Nullable(ProvisionerDaemonJob),
  previous_job: Nullable(ProvisionerDaemonJob),
});
export type ProvisionerDaemon = Static<typeof ProvisionerDaemon>;
