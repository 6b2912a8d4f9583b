import type { Generated } from "kysely";
import type { AgentId, LogSourceId, ResourceId, ScriptId } from "../../ids.ts";
import type { Hash, StringMap, Uuid } from "./column-values.ts";
import type { LogLevel } from "./provisioning.ts";

/** What an agent token may do: everything that its owner may do with the workspace, or the same without the owner's credentials. */
export type AgentKeyScope = "all" | "no_user_data";
export type AgentLifecycle =
  | "created"
  | "starting"
  | "start_timeout"
  | "start_error"
  | "ready"
  | "shutting_down"
  | "shutdown_timeout"
  | "shutdown_error"
  | "off";
export type DisplayApp = "vscode" | "vscode_insiders" | "web_terminal" | "ssh_helper" | "port_forwarding_helper";

/** Agents: what the template says of them, and what they report. */
export interface AgentsTables {
  workspace_agents: {
    id: AgentId;
    parent_id: AgentId | null;
    resource_id: ResourceId;
    name: string;
    /** Unique. Null if there can be no token: template imports, instance identity. */
    auth_token_hash: Hash | null;
    auth_instance_id: string | null;
    api_key_scope: Generated<AgentKeyScope>;
    architecture: string;
    operating_system: string;
    environment_variables: StringMap;
    directory: string;
    expanded_directory: Generated<string>;
    version: Generated<string>;
    api_version: Generated<string>;
    subsystems: readonly string[];
    connection_timeout_seconds: number;
    troubleshooting_url: string;
    motd_file: string;
    display_apps: readonly DisplayApp[];
    display_order: number;
    lifecycle_state: Generated<AgentLifecycle>;
    logs_length: Generated<number>;
    logs_overflowed: Generated<boolean>;
    first_connected_at: Date | null;
    last_connected_at: Date | null;
    disconnected_at: Date | null;
    started_at: Date | null;
    ready_at: Date | null;
    created_at: Date;
    updated_at: Date;
  };
  workspace_agent_log_sources: {
    id: LogSourceId;
    workspace_agent_id: AgentId;
    display_name: string;
    icon: string;
    /** The agent's process that last sent numbered lines. */
    logs_run: Uuid | null;
    /** The number of the last line that was taken from it. */
    logs_taken: Generated<number>;
    created_at: Date;
  };
  workspace_agent_scripts: {
    id: ScriptId;
    workspace_agent_id: AgentId;
    log_source_id: LogSourceId;
    display_name: string;
    log_path: string;
    script: string;
    cron: string;
    start_blocks_login: boolean;
    run_on_start: boolean;
    run_on_stop: boolean;
    timeout_seconds: number;
    /** The position among the agent's scripts. */
    position: number;
    created_at: Date;
  };
  workspace_agent_script_timings: {
    script_id: ScriptId;
    stage: "start" | "stop" | "cron";
    status: "ok" | "exit_failure" | "timed_out" | "pipes_left_open";
    exit_code: number;
    started_at: Date;
    ended_at: Date;
  };
  workspace_agent_logs: {
    id: Generated<number>;
    agent_id: AgentId;
    log_source_id: LogSourceId;
    level: LogLevel;
    output: string;
    created_at: Date;
  };
  workspace_agent_metadata: {
    workspace_agent_id: AgentId;
    key: string;
    display_name: string;
    script: string;
    /** Seconds. */
    interval: number;
    /** Seconds. */
    timeout: number;
    display_order: number;
    value: Generated<string>;
    error: Generated<string>;
    /** Null until the first report. */
    collected_at: Date | null;
  };
  workspace_agent_memory_resource_monitors: { agent_id: AgentId; enabled: boolean; threshold: number; created_at: Date };
  workspace_agent_volume_resource_monitors: { agent_id: AgentId; path: string; enabled: boolean; threshold: number; created_at: Date };
  workspace_agent_devcontainers: {
    id: Uuid;
    workspace_agent_id: AgentId;
    name: string;
    workspace_folder: string;
    config_path: string;
    subagent_id: AgentId | null;
    created_at: Date;
  };
}
