import type { Context } from "../access/context.ts";
import { workspaceObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import type { Row } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { AgentId } from "../ids.ts";
import { type AgentDetails, findAgent } from "../resources/agent-rows.ts";
import { shownAgent } from "../resources/agent-values.ts";
import { readableWorkspaceOf } from "./own-workspace.ts";
import { findDevcontainers, getUsername } from "./rows.ts";

/** The data from which a manifest is built. */
export type AgentManifest = AgentDetails & {
  readonly workspace: Row<"workspaces">;
  readonly owner_username: string;
  readonly devcontainers: readonly Row<"workspace_agent_devcontainers">[];
};

/** As the caller may see it: {@link shownAgent}. */
export const getAgent = ruled("agents.get", async (context, id: AgentId): Promise<AgentDetails> => {
  const workspace = await readableWorkspaceOf(context, id);
  return shownAgent(context, workspaceObjectOf(workspace), await detailsOf(context, id));
});

/** For the agent itself, with all values. */
export const getManifest = ruled("agents.manifest", async (context, id: AgentId): Promise<AgentManifest> => {
  const workspace = await readableWorkspaceOf(context, id);
  const owner_username = await getUsername(context.db, workspace.owner_id);
  const devcontainers = await findDevcontainers(context.db, id);
  return { ...(await detailsOf(context, id)), workspace, owner_username, devcontainers };
});

/** Returns the workspace whose build created the agent, even if that is not its latest build. */
export const workspaceOfAgent = ruled("agents.workspaceOf", (context, id: AgentId) => readableWorkspaceOf(context, id));

async function detailsOf({ db }: Context, id: AgentId): Promise<AgentDetails> {
  const agent = await findAgent(db, id);
  if (agent === undefined) throw new NotFoundError("workspace agent");
  return agent;
}
