import type { PatchLogs } from "#sdk/agent-logs.ts";
import { ZERO_UUID } from "#sdk/scalars.ts";
import type { Access } from "../access/access.ts";
import { InvalidInputError } from "../errors.ts";
import { type AgentId, LogSourceId } from "../ids.ts";
import { appendLogs } from "./append-logs.ts";
import { createLogSource } from "./create-log-source.ts";
import { EXTERNAL_LOG_SOURCE } from "./external-log-source.ts";

/** Stores an agent's log lines. @throws InvalidInputError without lines or for an unknown source, LogQuotaExceededError */
export async function appendAgentLogs(
  access: Access,
  agentId: AgentId,
  { log_source_id: source = ZERO_UUID, logs }: PatchLogs,
): Promise<void> {
  if (logs.length === 0) throw new InvalidInputError("no logs were sent", [{ field: "logs", detail: "At least one line is required." }]);
  const sourceId = source === ZERO_UUID ? EXTERNAL_LOG_SOURCE : LogSourceId.parse(source);
  if (sourceId === EXTERNAL_LOG_SOURCE) await createLogSource(access, agentId, { id: sourceId, displayName: "External", icon: "" });
  const lines = logs.map(({ level = "info", output, created_at: createdAt }) => ({
    level,
    output,
    ...(createdAt !== undefined && { createdAt: new Date(createdAt) }),
  }));
  await appendLogs(access, agentId, sourceId, lines);
}
