import type { WorkspaceResource } from "#sdk/workspace-resources.ts";
import { agentJson } from "./agent-json.ts";
import type { Resource } from "./rows.ts";

export function resourceJson(resource: Resource, now: Date): WorkspaceResource {
  return {
    id: resource.id,
    created_at: resource.created_at.toISOString(),
    job_id: resource.job_id,
    workspace_transition: resource.transition,
    type: resource.type,
    name: resource.name,
    hide: resource.hide,
    icon: resource.icon,
    agents: resource.agents.map((agent) => agentJson(agent, now)),
    metadata: resource.metadata.map(({ key, value, sensitive }) => ({ key, value: sensitive ? "" : value, sensitive })),
    daily_cost: resource.daily_cost,
  };
}
