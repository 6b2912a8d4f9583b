import { ruled } from "../access/ruled.ts";
import type { StoreEvent } from "../database/events.ts";
import { type FollowOptions, follow } from "../database/follow.ts";
import type { Row } from "../database/tables.ts";
import type { AgentId } from "../ids.ts";
import { isAgentSuperseded } from "../resources/agent-rows.ts";
import { readableWorkspaceOf } from "./own-workspace.ts";
import { findLogs } from "./rows.ts";

/** Lists the lines with IDs above `after`, in order. By default it lists all lines. */
export const listAgentLogs = ruled(
  "agents.logs",
  async (context, id: AgentId, after?: number): Promise<readonly Row<"workspace_agent_logs">[]> => {
    await readableWorkspaceOf(context, id);
    return findLogs(context.db, id, after ?? 0);
  },
);

/** Yields batches of stored, then of new lines, until the agent's build is no longer its workspace's latest, or the signal aborts. */
export const followAgentLogs = ruled(
  "agents.followLogs",
  async function* (
    context,
    id: AgentId,
    { after = 0, ...options }: FollowOptions & { readonly after?: number },
  ): AsyncGenerator<readonly Row<"workspace_agent_logs">[]> {
    const { db, events } = context;
    const { id: workspaceId } = await readableWorkspaceOf(context, id);
    let last = after;
    const concerns = (event: StoreEvent): boolean =>
      (event.kind === "agent_logs" && event.agentId === id) || (event.kind === "workspace_changed" && event.workspaceId === workspaceId);
    const batches = follow({ events, concerns, ...options }, async (most) => {
      const isOver = await isAgentSuperseded(db, id);
      const found = await findLogs(db, id, last, most);
      return { found, isOver };
    });
    for await (const batch of batches) {
      last = batch.at(-1)?.id ?? last;
      yield batch;
    }
  },
);
