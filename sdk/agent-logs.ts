/** An agent's reports about its own logs. */
import { type Static, Type } from "typebox";
import { GivenTime, List, Text } from "./limits.ts";
import { LogLevel } from "./provisioner-jobs.ts";
import { Uuid } from "./scalars.ts";

export const PostLogSourceRequest = Type.Object({
  id: Uuid,
  display_name: Type.Optional(Text("name")),
  icon: Type.Optional(Text("address")),
});
export type PostLogSourceRequest = Static<typeof PostLogSourceRequest>;

export const AgentLog = Type.Object({
  created_at: Type.Optional(GivenTime),
  output: Text("line"),
  level: Type.Optional(LogLevel),
});
export type AgentLog = Static<typeof AgentLog>;

export const PatchLogs = Type.Object({
  log_source_id: Type.Optional(Uuid),
  logs: List(AgentLog, "lines"),
});
export type PatchLogs = Static<typeof PatchLogs>;
