/** Permissions for an agent are checked on its workspace: reading needs `read`, and the agent's reports need `update_agent`. */
import type { Context } from "../access/context.ts";
import { workspaceObjectOf } from "../access/objects.ts";
import type { Tx } from "../database/database.ts";
import type { Row, RowPatch } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { AgentId } from "../ids.ts";
import { findWorkspaceOfAgent } from "../resources/agent-rows.ts";
import { getAgentRow, updateAgent } from "./rows.ts";

/** @throws NotFoundError also for agents of a template import, which nobody needs to read */
export async function readableWorkspaceOf({ db, guard }: Context, id: AgentId): Promise<Row<"workspaces">> {
  const workspace = await workspaceOf(db, id);
  guard.read(workspaceObjectOf(workspace), "workspace agent");
  return workspace;
}

async function workspaceOf(db: Context["db"], id: AgentId): Promise<Row<"workspaces">> {
  const workspace = await findWorkspaceOfAgent(db, id);
  if (workspace === undefined) throw new NotFoundError("workspace agent");
  return workspace;
}

/** Runs one transaction for an agent's report. */
export function report<T>(context: Context, id: AgentId, work: (tx: Tx, workspace: Row<"workspaces">) => Promise<T>): Promise<T> {
  return context.write(async (tx) => {
    const workspace = await workspaceOf(tx.db, id);
    context.guard.require("update_agent", workspaceObjectOf(workspace), "workspace agent");
    return work(tx, workspace);
  });
}

/** Does the same for a report that changes the agent's own row and is visible to people who watch the workspace. */
export function reportChange(
  context: Context,
  id: AgentId,
  changeOf: (agent: Row<"workspace_agents">) => RowPatch<"workspace_agents">,
): Promise<void> {
  return report(context, id, async (tx, workspace) => {
    await updateAgent(tx.db, id, { ...changeOf(await getAgentRow(tx.db, id)), updated_at: context.now() });
    tx.publish({ kind: "workspace_changed", workspaceId: workspace.id });
  });
}
