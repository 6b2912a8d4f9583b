import type { AgentId, AppId, LogSourceId, ScriptId } from "../ids.ts";
import type { AgentLifecycle, AppHealth, LogLevel, Row } from "./tables.ts";

export type Agent = Omit<Row<"workspace_agents">, "auth_token_hash">;

export type AgentDetails = Agent & {
  readonly apps: readonly Row<"workspace_apps">[];
  readonly scripts: readonly Row<"workspace_agent_scripts">[];
  readonly log_sources: readonly Row<"workspace_agent_log_sources">[];
  readonly metadata: readonly Row<"workspace_agent_metadata">[];
};

/** What a manifest is made of. */
export type AgentManifest = AgentDetails & {
  readonly workspace: Row<"workspaces">;
  readonly owner_username: string;
  readonly devcontainers: readonly Row<"workspace_agent_devcontainers">[];
};

export interface NewAgentLog {
  readonly level: LogLevel;
  readonly output: string;
  readonly createdAt?: Date;
}

/** Everything is checked on the agent's workspace: reading needs `read`, what agents report needs `update_agent`. */
export interface Agents {
  get(id: AgentId): Promise<AgentDetails>;
  manifest(id: AgentId): Promise<AgentManifest>;
  /** The latest build's workspace that it belongs to, whether it is the agent of its latest build or not. */
  workspaceOf(id: AgentId): Promise<Row<"workspaces">>;

  /** Sets when it was last heard, and once when it was first. */
  markConnected(id: AgentId, at?: Date): Promise<void>;
  markDisconnected(id: AgentId, at?: Date): Promise<void>;
  updateStartup(
    id: AgentId,
    startup: {
      readonly version: string;
      readonly apiVersion: string;
      readonly expandedDirectory: string;
      readonly subsystems: readonly string[];
    },
  ): Promise<void>;
  /** Also sets `started_at` and `ready_at` where the state means them. */
  setLifecycle(id: AgentId, state: AgentLifecycle, changedAt?: Date): Promise<void>;
  updateMetadata(
    id: AgentId,
    values: readonly { readonly key: string; readonly value: string; readonly error: string; readonly collectedAt: Date }[],
  ): Promise<void>;
  updateAppHealths(id: AgentId, healths: readonly { readonly appId: AppId; readonly health: AppHealth }[]): Promise<void>;
  recordScriptTiming(id: AgentId, timing: Row<"workspace_agent_script_timings"> & { readonly script_id: ScriptId }): Promise<void>;

  /** The same id again keeps the first. */
  createLogSource(
    id: AgentId,
    source: { readonly id: LogSourceId; readonly displayName: string; readonly icon: string },
  ): Promise<Row<"workspace_agent_log_sources">>;
  /**
   * All of them or, at the limit of 1 MiB an agent, none. A source that the agent does not have is an InvalidInputError.
   *
   * @throws LogQuotaExceededError, once and for ever after, and `logs_overflowed` is set
   */
  appendLogs(id: AgentId, sourceId: LogSourceId, logs: readonly NewAgentLog[]): Promise<readonly Row<"workspace_agent_logs">[]>;
  /** Ids above `after`, in order. Default: all. */
  logs(id: AgentId, after?: number): Promise<readonly Row<"workspace_agent_logs">[]>;
  /** Batches of stored and then of new logs, until the agent no longer belongs to its workspace's latest build, or the signal. */
  followLogs(
    id: AgentId,
    options: { readonly after?: number; readonly signal: AbortSignal },
  ): AsyncIterable<readonly Row<"workspace_agent_logs">[]>;
}
