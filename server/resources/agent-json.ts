import type {
  AgentSubsystem,
  WorkspaceAgentHealth,
  WorkspaceAgent as WorkspaceAgentJson,
  WorkspaceAgentLog,
  WorkspaceAgentLogSource,
  WorkspaceAgentScript,
  WorkspaceAgentStatus,
} from "#sdk/workspace-agents.ts";
import type { WorkspaceApp } from "#sdk/workspace-apps.ts";
import type { Row } from "../database/tables.ts";
import type { AgentDetails } from "./agent-rows.ts";
import { shownLink } from "./app-url-rules.ts";

/** An agent counts as disconnected after three missed reports, one every ten seconds. */
const DISCONNECTED_AFTER_MS = 30_000;

function agentStatus(
  agent: Pick<AgentDetails, "first_connected_at" | "last_connected_at" | "disconnected_at" | "created_at" | "connection_timeout_seconds">,
  now: Date,
): WorkspaceAgentStatus {
  const { first_connected_at: first, last_connected_at: last, disconnected_at: left } = agent;
  if (first === null) {
    const timeoutMs = agent.connection_timeout_seconds * 1_000;
    return timeoutMs > 0 && now.getTime() - agent.created_at.getTime() > timeoutMs ? "timeout" : "connecting";
  }
  if (last === null || (left !== null && left >= last)) return "disconnected";
  // A report far in the future comes from before the clock was set back: an agent that is connected has reported since.
  return Math.abs(now.getTime() - last.getTime()) > DISCONNECTED_AFTER_MS ? "disconnected" : "connected";
}

function agentHealth(status: WorkspaceAgentStatus, lifecycle: AgentDetails["lifecycle_state"]): WorkspaceAgentHealth {
  const sick = (reason: string): WorkspaceAgentHealth => ({ healthy: false, reason });
  if (lifecycle === "off" && status !== "connected") return sick("the agent is not running");
  if (status === "timeout") return sick("the agent did not connect in time");
  if (status === "disconnected") return sick("the agent has lost its connection");
  switch (lifecycle) {
    case "start_error":
      return sick("a start script of the agent failed");
    case "shutting_down":
    case "shutdown_timeout":
    case "shutdown_error":
      return sick("the agent is shutting down");
    default:
      return { healthy: true };
  }
}

export function agentJson(agent: AgentDetails, now: Date): WorkspaceAgentJson {
  const status = agentStatus(agent, now);
  return {
    id: agent.id,
    parent_id: agent.parent_id,
    created_at: agent.created_at.toISOString(),
    updated_at: agent.updated_at.toISOString(),
    ...(agent.first_connected_at !== null && { first_connected_at: agent.first_connected_at.toISOString() }),
    ...(agent.last_connected_at !== null && { last_connected_at: agent.last_connected_at.toISOString() }),
    ...(agent.disconnected_at !== null && { disconnected_at: agent.disconnected_at.toISOString() }),
    ...(agent.started_at !== null && { started_at: agent.started_at.toISOString() }),
    ...(agent.ready_at !== null && { ready_at: agent.ready_at.toISOString() }),
    status,
    lifecycle_state: agent.lifecycle_state,
    name: agent.name,
    resource_id: agent.resource_id,
    ...(agent.auth_instance_id !== null && { instance_id: agent.auth_instance_id }),
    architecture: agent.architecture,
    environment_variables: { ...agent.environment_variables },
    operating_system: agent.operating_system,
    logs_length: agent.logs_length,
    logs_overflowed: agent.logs_overflowed,
    ...(agent.directory !== "" && { directory: agent.directory }),
    ...(agent.expanded_directory !== "" && { expanded_directory: agent.expanded_directory }),
    version: agent.version,
    api_version: agent.api_version,
    apps: agent.apps.map(appJson),
    connection_timeout_seconds: agent.connection_timeout_seconds,
    troubleshooting_url: shownLink(agent.troubleshooting_url) ?? "",
    subsystems: agent.subsystems.filter(isSubsystem),
    health: agentHealth(status, agent.lifecycle_state),
    display_apps: [...agent.display_apps],
    log_sources: agent.log_sources.map(logSourceJson),
    scripts: agent.scripts.map(scriptJson),
    startup_script_behavior: agent.scripts.some((script) => script.start_blocks_login) ? "blocking" : "non-blocking",
  };
}

function isSubsystem(name: string): name is AgentSubsystem {
  return name === "envbox" || name === "envbuilder" || name === "exectrace";
}

function appJson(app: Row<"workspace_apps">): WorkspaceApp {
  const url = shownLink(app.url);
  return {
    id: app.id,
    ...(url !== undefined && { url }),
    external: app.external,
    slug: app.slug,
    display_name: app.display_name,
    ...(app.command !== null && { command: app.command }),
    ...(app.icon !== "" && { icon: app.icon }),
    subdomain: app.subdomain,
    sharing_level: app.sharing_level,
    ...(app.healthcheck_url !== "" && {
      healthcheck: { url: app.healthcheck_url, interval: app.healthcheck_interval, threshold: app.healthcheck_threshold },
    }),
    health: app.health,
    ...(app.display_group !== null && { group: app.display_group }),
    hidden: app.hidden,
    open_in: app.open_in,
    ...(app.tooltip !== "" && { tooltip: app.tooltip }),
    statuses: [],
  };
}

export function logSourceJson(source: Row<"workspace_agent_log_sources">): WorkspaceAgentLogSource {
  return {
    workspace_agent_id: source.workspace_agent_id,
    id: source.id,
    created_at: source.created_at.toISOString(),
    display_name: source.display_name,
    icon: source.icon,
  };
}

function scriptJson(script: Row<"workspace_agent_scripts">): WorkspaceAgentScript {
  return {
    id: script.id,
    log_source_id: script.log_source_id,
    log_path: script.log_path,
    script: script.script,
    cron: script.cron,
    run_on_start: script.run_on_start,
    run_on_stop: script.run_on_stop,
    start_blocks_login: script.start_blocks_login,
    timeout: script.timeout_seconds * 1e9,
    display_name: script.display_name,
  };
}

export function agentLogJson(log: Row<"workspace_agent_logs">): WorkspaceAgentLog {
  return {
    id: log.id,
    created_at: log.created_at.toISOString(),
    output: log.output,
    level: log.level,
    source_id: log.log_source_id,
  };
}
