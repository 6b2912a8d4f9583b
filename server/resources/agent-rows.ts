/** Reads rows of agents, without permission checks. */

import { type Kysely, sql } from "kysely";
import { LIST_LIMITS, LOG_SOURCES_LIMIT, TEXT_LIMITS } from "#sdk/limits.ts";
import { isLatestBuild } from "../database/latest-build.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { AgentId, ResourceId } from "../ids.ts";

export type AgentDetails = Omit<Row<"workspace_agents">, "auth_token_hash"> & {
  readonly apps: readonly Row<"workspace_apps">[];
  readonly scripts: readonly Row<"workspace_agent_scripts">[];
  readonly log_sources: readonly Row<"workspace_agent_log_sources">[];
  readonly metadata: readonly Row<"workspace_agent_metadata">[];
};

/** What of each agent is read. A list holds everybody's agents, so it has no long scripts, and no metadata, which it does not show. */
export type Extent = "whole" | "list";

/** The longest script that a list contains, in characters. */
const LISTED_SCRIPT_CHARACTERS = 4_096;
const ANY_LENGTH = 2 ** 31 - 1;
/** More than an agent can have now. One of an older version may have any number. */
const SOURCES_READ = LOG_SOURCES_LIMIT + LIST_LIMITS.parts + 1;

/** Returns agents in the order that the template's author chose. */
export async function findAgentsOfResources(db: Kysely<Tables>, ids: readonly ResourceId[], extent: Extent): Promise<AgentDetails[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("workspace_agents")
    .selectAll()
    .where("resource_id", "in", ids)
    .orderBy("display_order")
    .orderBy("name")
    .execute();
  return withDetails(db, rows, extent);
}

export async function findAgent(db: Kysely<Tables>, id: AgentId): Promise<AgentDetails | undefined> {
  const row = await db.selectFrom("workspace_agents").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : (await withDetails(db, [row], "whole"))[0];
}

const SCRIPT_COLUMNS = [
  "id",
  "workspace_agent_id",
  "log_source_id",
  "display_name",
  "log_path",
  "cron",
  "start_blocks_login",
  "run_on_start",
  "run_on_stop",
  "timeout_seconds",
  "position",
  "created_at",
] as const;
const SOURCE_COLUMNS = ["id", "workspace_agent_id", "logs_run", "logs_taken", "created_at"] as const;

/** No longer than it can be now, whatever an older version has stored. */
function shortened<C extends "display_name" | "icon">(column: C, characters: number) {
  return sql<string>`substr(${sql.ref(column)}, 1, ${characters})`.as(column);
}

async function withDetails(db: Kysely<Tables>, rows: readonly Row<"workspace_agents">[], extent: Extent): Promise<AgentDetails[]> {
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
    .select(SCRIPT_COLUMNS)
    .select(
      sql<string>`case when length(script) > ${extent === "list" ? LISTED_SCRIPT_CHARACTERS : ANY_LENGTH} then '' else script end`.as(
        "script",
      ),
    )
    .where("workspace_agent_id", "in", ids)
    .orderBy("position")
    .execute();
  const sources = await db
    .selectFrom((inner) =>
      inner
        .selectFrom("workspace_agent_log_sources")
        .selectAll()
        .select(sql<number>`row_number() over (partition by workspace_agent_id order by created_at, display_name)`.as("place"))
        .where("workspace_agent_id", "in", ids)
        .as("source"),
    )
    .select(SOURCE_COLUMNS)
    .select([shortened("display_name", TEXT_LIMITS.name), shortened("icon", TEXT_LIMITS.address)])
    .where("place", "<=", SOURCES_READ)
    .orderBy("created_at")
    .orderBy("display_name")
    .execute();
  const metadata =
    extent === "list"
      ? []
      : await db
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
