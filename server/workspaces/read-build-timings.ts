import type { WorkspaceBuildTimings } from "#sdk/workspace-builds.ts";
import { ruled } from "../access/ruled.ts";
import type { WorkspaceBuildId } from "../ids.ts";
import { type AgentTiming, findAgentTimings, findJobTimings, findScriptTimings, type ScriptTiming } from "../resources/timing-rows.ts";
import { findSelectedBuild } from "./build-list-rows.ts";
import { readableBuild } from "./read-builds.ts";

/** How long each step of a build took: Terraform's, the agents' scripts, and the agents' way to their first connection. */
export const getBuildTimings = ruled("builds.timings", async ({ db, guard }, id: WorkspaceBuildId): Promise<WorkspaceBuildTimings> => {
  const { job_id: jobId } = readableBuild({ guard }, await findSelectedBuild(db, id));
  return {
    provisioner_timings: (await findJobTimings(db, jobId)).map((timing) => ({ ...timing, ...span(timing.started_at, timing.ended_at) })),
    agent_script_timings: (await findScriptTimings(db, jobId)).map(scriptTiming),
    agent_connection_timings: (await findAgentTimings(db, jobId)).flatMap(connectionTiming),
  };
});

function scriptTiming(timing: ScriptTiming): WorkspaceBuildTimings["agent_script_timings"][number] {
  const { exit_code, stage, status, display_name, agent_id, agent_name, started_at, ended_at } = timing;
  const agent = { workspace_agent_id: agent_id, workspace_agent_name: agent_name };
  return { ...span(started_at, ended_at), exit_code, stage, status, display_name, ...agent };
}

/** An agent that has not connected yet has taken no time that could be told. */
function connectionTiming({
  agent_id,
  agent_name,
  created_at,
  first_connected_at: end,
}: AgentTiming): WorkspaceBuildTimings["agent_connection_timings"] {
  if (end === null) return [];
  return [{ ...span(created_at, end), stage: "connect", workspace_agent_id: agent_id, workspace_agent_name: agent_name }];
}

function span(start: Date, end: Date): { readonly started_at: string; readonly ended_at: string } {
  return { started_at: start.toISOString(), ended_at: end.toISOString() };
}
