/** How long the parts of a job, and of the agents that it made, took. Without a decision. */
import type { Kysely } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { AgentId, JobId } from "../ids.ts";

type Db = Kysely<Tables>;

interface OfAgent {
  readonly agent_id: AgentId;
  readonly agent_name: string;
}

export type ScriptTiming = Row<"workspace_agent_script_timings"> & OfAgent & { readonly display_name: string };
export type AgentTiming = OfAgent & Pick<Row<"workspace_agents">, "created_at" | "first_connected_at">;

/** In the order in which they began. */
export function findJobTimings(db: Db, id: JobId): Promise<Row<"provisioner_job_timings">[]> {
  return db.selectFrom("provisioner_job_timings").selectAll().where("job_id", "=", id).orderBy("started_at").orderBy("resource").execute();
}

function selectAgents(db: Db, jobId: JobId) {
  return db
    .selectFrom("workspace_agents as agent")
    .innerJoin("workspace_resources as resource", "resource.id", "agent.resource_id")
    .select(["agent.id as agent_id", "agent.name as agent_name"])
    .where("resource.job_id", "=", jobId);
}

/** In the order in which they began. */
export function findScriptTimings(db: Db, jobId: JobId): Promise<ScriptTiming[]> {
  return selectAgents(db, jobId)
    .innerJoin("workspace_agent_scripts as script", "script.workspace_agent_id", "agent.id")
    .innerJoin("workspace_agent_script_timings as timing", "timing.script_id", "script.id")
    .selectAll("timing")
    .select("script.display_name")
    .orderBy("timing.started_at")
    .orderBy("script.position")
    .execute();
}

/** By name. */
export function findAgentTimings(db: Db, jobId: JobId): Promise<AgentTiming[]> {
  return selectAgents(db, jobId).select(["agent.created_at", "agent.first_connected_at"]).orderBy("agent.name").execute();
}
