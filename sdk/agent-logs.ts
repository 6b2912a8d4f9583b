/** An agent's reports about its own logs. */
import { type Static, Type } from "typebox";
import { LogLevel } from "./provisioner-jobs.ts";
import { DateTime, Uuid } from "./scalars.ts";

export const PostLogSourceRequest = Type.Object({
  id: Uuid,
  display_name: Type.Optional(Type.String()),
  icon: Type.Optional(Type.String()),
});
export type PostLogSourceRequest = Static<typeof PostLogSourceRequest>;

export const AgentLog = Type.Object({
  created_at: Type.Optional(DateTime),
  output: Type.String(),
  level: Type.Optional(LogLevel),
});
export type AgentLog = Static<typeof AgentLog>;

export const PatchLogs = Type.Object({
  log_source_id: Type.Optional(Uuid),
  logs: Type.Array(AgentLog),
});
export type PatchLogs = Static<typeof PatchLogs>;
