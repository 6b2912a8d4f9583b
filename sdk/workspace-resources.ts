/** The resources that Terraform created, with their agents. */
import { type Static, Type } from "typebox";
import { WorkspaceTransition } from "./provisioner-jobs.ts";
import { DateTime, Uuid } from "./scalars.ts";
import { WorkspaceAgent } from "./workspace-agents.ts";

export const WorkspaceResourceMetadata = Type.Object({
  key: Type.String(),
  value: Type.String(),
  sensitive: Type.Boolean(),
});
export type WorkspaceResourceMetadata = Static<typeof WorkspaceResourceMetadata>;

export const WorkspaceResource = Type.Object({
  id: Uuid,
  created_at: DateTime,
  job_id: Uuid,
  workspace_transition: WorkspaceTransition,
  type: Type.String(),
  name: Type.String(),
  hide: Type.Boolean(),
  icon: Type.String(),
  agents: Type.Optional(Type.Array(WorkspaceAgent)),
  metadata: Type.Optional(Type.Array(WorkspaceResourceMetadata)),
  daily_cost: Type.Integer(),
});
export type WorkspaceResource = Static<typeof WorkspaceResource>;
