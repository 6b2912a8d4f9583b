/** Reads rows of agents, without permission checks. */

import type { Kysely } from "kysely";
import { isLatestBuild } from "../database/latest-build.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { AgentId, ResourceId } from "../ids.ts";

export type AgentDetails = Omit<Row<"workspace_agents">, "auth_token_hash"> & {
  readonly apps: readonly Row<"workspace_apps">[];
  readonly scripts: readonly Row<"workspace_agent_scripts">[];
  readonly log_sources: readonly Row<"workspace_agent_log_sources">[];
  readonly metadata: readonly Row<"workspace_agent_metadata">[];
};

/** Returns agents in the order that the template's author chose. */
export async function findAgentsOfResources(db: Kysely<Tables>, ids: readonly ResourceId[]): Promise<AgentDetails[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("workspace_agents")
    .selectAll()
    .where("resource_id", "in", ids)
    .orderBy("display_order")
    .orderBy("name")
    .execute();
  return withDetails(db, rows);
}

export async function findAgent(db: Kysely<Tables>, id: AgentId): Promise<AgentDetails | undefined> {
  const row = await db.selectFrom("workspace_agents").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : (await withDetails(db, [row]))[0];
}

async function withDetails(db: Kysely<Tables>, rows: readonly Row<"workspace_agents">[]): Promise<AgentDetails[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const apps = await db
    .selectFrom("workspace_apps")
    .selectAll()
    .where("agent_id", "in", ids)
    .orderBy("display_order")
    .orderBy("slug")
    .execute();
  const scripts = await db
    .selectFrom("workspace_agent_scripts")
    .selectAll()
    .where("workspace_agent_id", "in", ids)
    .orderBy("position")
    .execute();
  const sources = await db
    .selectFrom("workspace_agent_log_sources")
    .selectAll()
    .where("workspace_agent_id", "in", ids)
    .orderBy("created_at")
    .orderBy("display_name")
    .execute();
  const metadata = await db
    .selectFrom("workspace_agent_metadata")
    .selectAll()
    .where("workspace_agent_id", "in", ids)
    .orderBy("display_order")
    .orderBy("key")
    .execute();
  const appsOf = Map.groupBy(apps, ({ agent_id }) => agent_id);
  const scriptsOf = Map.groupBy(scripts, ({ workspace_agent_id }) => workspace_agent_id);
  const sourcesOf = Map.groupBy(sources, ({ workspace_agent_id }) => workspace_agent_id);
  const metadataOf = Map.groupBy(metadata, ({ workspace_agent_id }) => workspace_agent_id);
  return rows.map(({ auth_token_hash: _, ...agent }) => ({
    ...agent,
    apps: appsOf.get(agent.id) ?? [],
    scripts: scriptsOf.get(agent.id) ?? [],
    log_sources: sourcesOf.get(agent.id) ?? [],
    metadata: metadataOf.get(agent.id) ?? [],
  }));
}

/** Finds the workspace whose build created the agent; undefined for agents of a template import. */
export function findWorkspaceOfAgent(db: Kysely<Tables>, id: AgentId): Promise<Row<"workspaces"> | undefined> {
  return db
    .selectFrom("workspaces")
    .innerJoin("workspace_builds", "workspace_builds.workspace_id", "workspaces.id")
    .innerJoin("workspace_resources", "workspace_resources.job_id", "workspace_builds.job_id")
    .innerJoin("workspace_agents", "workspace_agents.resource_id", "workspace_resources.id")
    .selectAll("workspaces")
    .where("workspace_agents.id", "=", id)
    .executeTakeFirst();
}

/** Tells whether a newer build than the agent's exists, or its workspace was deleted. Then the agent will report nothing more. */
export async function isAgentSuperseded(db: Kysely<Tables>, id: AgentId): Promise<boolean> {
  const current = await db
    .selectFrom("workspace_agents as agent")
    .innerJoin("workspace_resources as resource", "resource.id", "agent.resource_id")
    .innerJoin("workspace_builds as build", "build.job_id", "resource.job_id")
    .innerJoin("workspaces as workspace", "workspace.id", "build.workspace_id")
    .select("agent.id")
    .where("agent.id", "=", id)
    .where("workspace.deleted", "=", false)
    .where(isLatestBuild)
    .executeTakeFirst();
  return current === undefined;
}
