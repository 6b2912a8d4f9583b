/** Apps that an agent offers. */
import { type Static, Type } from "typebox";
import { DateTime, Uuid } from "./scalars.ts";

export const WorkspaceAppSharingLevel = Type.Enum(["authenticated", "organization", "owner", "public"]);
export type WorkspaceAppSharingLevel = Static<typeof WorkspaceAppSharingLevel>;

export const WorkspaceAppHealth = Type.Enum(["disabled", "healthy", "initializing", "unhealthy"]);
export type WorkspaceAppHealth = Static<typeof WorkspaceAppHealth>;

export const WorkspaceAppOpenIn = Type.Enum(["slim-window", "tab"]);
export type WorkspaceAppOpenIn = Static<typeof WorkspaceAppOpenIn>;

export const WorkspaceAppStatusState = Type.Enum(["complete", "failure", "idle", "working"]);
export type WorkspaceAppStatusState = Static<typeof WorkspaceAppStatusState>;

export const Healthcheck = Type.Object({
  url: Type.String(),
  interval: Type.Integer(),
  threshold: Type.Integer(),
});
export type Healthcheck = Static<typeof Healthcheck>;

export const WorkspaceAppStatus = Type.Object({
  id: Uuid,
  created_at: DateTime,
  workspace_id: Uuid,
  agent_id: Uuid,
  app_id: Uuid,
  state: WorkspaceAppStatusState,
  message: Type.String(),
  uri: Type.String(),
  icon: Type.String(),
  needs_user_attention: Type.Boolean(),
});
export type WorkspaceAppStatus = Static<typeof WorkspaceAppStatus>;

export const WorkspaceApp = Type.Object({
  id: Uuid,
  url: Type.Optional(Type.String()),
  external: Type.Boolean(),
  slug: Type.String(),
  display_name: Type.Optional(Type.String()),
  command: Type.Optional(Type.String()),
  icon: Type.Optional(Type.String()),
  subdomain: Type.Boolean(),
  subdomain_name: Type.Optional(Type.String()),
  sharing_level: WorkspaceAppSharingLevel,
  healthcheck: Type.Optional(Healthcheck),
  health: WorkspaceAppHealth,
  group: Type.Optional(Type.String()),
  hidden: Type.Boolean(),
  open_in: WorkspaceAppOpenIn,
  tooltip: Type.Optional(Type.String()),
  statuses: Type.Array(WorkspaceAppStatus),
});
export type WorkspaceApp = Static<typeof WorkspaceApp>;
