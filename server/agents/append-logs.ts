import { ruled } from "../access/ruled.ts";
import type { LogLevel } from "../database/tables/provisioning.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { InvalidInputError, LogQuotaExceededError } from "../errors.ts";
import type { AgentId, LogSourceId } from "../ids.ts";
import { report } from "./own-workspace.ts";
import { findLogSource, insertLogs, lockedLogLength, type NewLogLine, updateAgent } from "./rows.ts";

export interface NewAgentLog {
  readonly level: LogLevel;
  readonly output: string;
  /** Default: now. */
  readonly createdAt?: Date;
}

/** How many bytes of log output one agent may leave. */
export const AGENT_LOG_LIMIT_BYTES = 1 << 20;

/**
 * All of them or, at the limit of 1 MiB an agent, none.
 *
 * @throws InvalidInputError for a source that the agent does not have; LogQuotaExceededError, once and for ever after, and
 *   `logs_overflowed` is set
 */
export const appendLogs = ruled(
  "agents.appendLogs",
  async (context, id: AgentId, sourceId: LogSourceId, logs: readonly NewAgentLog[]): Promise<readonly Row<"workspace_agent_logs">[]> => {
    const written = await report(context, id, async (tx) => {
      const agent = await lockedLogLength(tx.db, context.dialect, id);
      if ((await findLogSource(tx.db, id, sourceId)) === undefined)
        throw new InvalidInputError("The agent has no such log source.", [
          { field: "log_source_id", detail: "not a source of this agent" },
        ]);
      const lines = logs.map(({ level, output, createdAt = context.now() }) => ({
        level,
        output: cleanText(output),
        created_at: createdAt,
      }));
      const length = agent.logs_length + sizeOf(lines);
      tx.publish({ kind: "agent_logs", agentId: id });
      if (agent.logs_overflowed || length > AGENT_LOG_LIMIT_BYTES) {
        // Committed, unlike the lines: everybody is to see that something is missing.
        await updateAgent(tx.db, id, { logs_overflowed: true });
        return undefined;
      }
      await updateAgent(tx.db, id, { logs_length: length });
      return insertLogs(tx.db, { agentId: id, sourceId }, lines);
    });
    if (written === undefined) throw new LogQuotaExceededError();
    return written;
  },
);

/** In bytes. An empty line takes a row too. */
function sizeOf(lines: readonly NewLogLine[]): number {
  return lines.reduce((sum, { output }) => sum + Math.max(Buffer.byteLength(output), 1), 0);
}
