import { ruled } from "../access/ruled.ts";
import type { LogLevel } from "../database/tables/provisioning.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { InvalidInputError, LogQuotaExceededError } from "../errors.ts";
import type { AgentId, LogSourceId } from "../ids.ts";
import { type LogNumbers, newLines } from "./new-lines.ts";
import { report } from "./own-workspace.ts";
import { countLogs, findLogSource, insertLogs, lockedLogLength, type NewLogLine, updateAgent, updateLogSource } from "./rows.ts";

export interface NewAgentLog {
  readonly level: LogLevel;
  readonly output: string;
  /** Default: now. */
  readonly createdAt?: Date;
}

/** The maximum size of one agent's log output, in bytes. */
export const AGENT_LOG_LIMIT_BYTES = 1 << 20;
/** The maximum number of its lines. Each is a row, however short it is. */
export const AGENT_LOG_LIMIT_LINES = 1 << 16;

/**
 * Stores all the lines or, if they exceed the limit of 1 MiB or 65,536 lines per agent, none. Numbered lines that it has already are left out.
 *
 * @throws InvalidInputError for a source that the agent does not have; LogQuotaExceededError at the limit and
 *   for all later lines; then `logs_overflowed` is set
 */
export const appendLogs = ruled(
  "agents.appendLogs",
  async (
    context,
    id: AgentId,
    sourceId: LogSourceId,
    logs: readonly NewAgentLog[],
    numbers?: LogNumbers,
  ): Promise<readonly Row<"workspace_agent_logs">[]> => {
    const written = await report(context, id, async (tx) => {
      const agent = await lockedLogLength(tx.db, context.dialect, id);
      const source = await findLogSource(tx.db, id, sourceId);
      if (source === undefined)
        throw new InvalidInputError(`This agent has no log source ${sourceId}.`, [
          { field: "log_source_id", detail: "not a source of this agent" },
        ]);
      const { lines: added, taken } = newLines(logs, numbers, source);
      const lines = added.map(({ level, output, createdAt = context.now() }) => ({
        level,
        output: cleanText(output),
        created_at: createdAt,
      }));
      const length = agent.logs_length + sizeOf(lines);
      tx.publish({ kind: "agent_logs", agentId: id });
      // Rows are counted only where they can be too many: there are no more of them than bytes.
      const hasTooManyRows = async () =>
        length > AGENT_LOG_LIMIT_LINES && (await countLogs(tx.db, id)) + lines.length > AGENT_LOG_LIMIT_LINES;
      if (agent.logs_overflowed || length > AGENT_LOG_LIMIT_BYTES || (await hasTooManyRows())) {
        // This is committed, unlike the lines, so that everybody sees that lines are missing.
        await updateAgent(tx.db, id, { logs_overflowed: true });
        return undefined;
      }
      await updateAgent(tx.db, id, { logs_length: length });
      if (numbers !== undefined) await updateLogSource(tx.db, source, taken);
      return insertLogs(tx.db, { agentId: id, sourceId }, lines);
    });
    if (written === undefined) throw new LogQuotaExceededError();
    return written;
  },
);

/** Returns the lines' size in bytes. An empty line counts as one byte, so that a log never has more lines than bytes. */
function sizeOf(lines: readonly NewLogLine[]): number {
  return lines.reduce((sum, { output }) => sum + Math.max(Buffer.byteLength(output), 1), 0);
}
