/** One workspace with one agent: the server's real agent service with an in-memory store. The service can go away and come back. */
import { setTimeout as delay } from "node:timers/promises";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { workspaceObject } from "#authz/object.ts";
import { formatSecret } from "#credentials/secret.ts";
import { type Access, accessTo } from "#server/access/access.ts";
import type { AuthenticatedAgent } from "#server/access/authenticate-agent-token.ts";
import { createGuard } from "#server/access/guard.ts";
import type { NewAgentLog } from "#server/agents/append-logs.ts";
import type { AgentManifest } from "#server/agents/read-agent.ts";
import { type AgentQueries, type AgentServiceDeps, addAgentService } from "#server/agents/service.ts";
import type { Database } from "#server/database/database.ts";
import type { AgentKeyScope } from "#server/database/tables/agents.ts";
import type { Row } from "#server/database/tables.ts";
import { LogQuotaExceededError } from "#server/errors.ts";
import {
  AgentId,
  JobId,
  LogSourceId,
  OrganizationId,
  ResourceId,
  ScriptId,
  TemplateId,
  TemplateVersionId,
  UserId,
  WorkspaceBuildId,
  WorkspaceId,
} from "#server/ids.ts";

export interface ScriptSpec {
  readonly script: string;
  readonly on?: "start" | "stop" | "nothing";
  readonly cron?: string;
  readonly timeoutSeconds?: number;
  readonly logPath?: string;
}

export interface WorldSpec {
  readonly scripts?: readonly ScriptSpec[];
  readonly metadata?: readonly { readonly key: string; readonly script: string; readonly interval?: number; readonly timeout?: number }[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** The stored value, whether it is known or not. */
  readonly apiKeyScope?: string;
  readonly reportIntervalMs?: number;
  /** Maximum number of lines in the log. Default: no limit. */
  readonly logLines?: number;
}

export interface AgentWorld extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** A token that was replaced or not yet created is simply unknown. */
  isTokenKnown: boolean;
  /** The agent's reports, in order. */
  readonly lifecycle: string[];
  readonly logs: (NewAgentLog & { sourceId: string })[];
  readonly timings: Row<"workspace_agent_script_timings">[];
  readonly metadata: { key: string; value: string; error: string }[];
  readonly startups: { version: string; expandedDirectory: string; apiVersion: string; subsystems: readonly string[] }[];
  readonly sources: string[];
  manifests: number;
  connections: number;
  disconnections: number;
  readonly errors: unknown[];
  readonly scriptIds: readonly string[];
  readonly sourceIds: readonly string[];
  /** Cuts all connections and closes the port. */
  goAway(): void;
  /** Listens again, at the same address. */
  comeBack(): Promise<void>;
}

const OWNER = UserId.parse("11111111-0000-4000-8000-000000000001");
const ORGANIZATION = OrganizationId.parse("22222222-0000-4000-8000-000000000001");
const AGENT = AgentId.parse("33333333-0000-4000-8000-000000000001");
const AT = new Date(0);
const numbered = (prefix: string, n: number): string => `${prefix}-0000-4000-8000-${String(n).padStart(12, "0")}`;

export async function openAgentWorld(spec: WorldSpec = {}): Promise<AgentWorld> {
  const { scripts = [], logLines = Number.POSITIVE_INFINITY } = spec;
  const token = formatSecret("agent");
  const scriptIds = scripts.map((_, n) => numbered("44444444", n));
  const sourceIds = scripts.map((_, n) => numbered("55555555", n));
  const workspace = workspaceRow();
  const manifest = manifestRow(workspace, spec, scriptIds, sourceIds);
  const identity = identityRow(workspace, manifest, spec.apiKeyScope ?? "all");
  let server: Server | undefined;
  let port = 0;

  const world = {
    token,
    isTokenKnown: true,
    lifecycle: [],
    logs: [],
    timings: [],
    metadata: [],
    startups: [],
    sources: [],
    manifests: 0,
    connections: 0,
    disconnections: 0,
    errors: [],
    scriptIds,
    sourceIds,
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    goAway: () => server?.forceShutdown(),
    comeBack: async () => {
      server = new Server();
      addAgentService(server, deps);
      port = await listen(server, port);
    },
    [Symbol.asyncDispose]: async () => server?.forceShutdown(),
  } satisfies AgentWorld as AgentWorld;

  const { id, owner_id: ownerId, organization_id: organizationId } = workspace;
  const may = ({ subject }: Access, action: "read" | "update_agent"): void =>
    createGuard(subject).require(action, workspaceObject({ id, ownerId, organizationId }), "agent");
  const queries: AgentQueries = {
    getAgent: async (access) => {
      may(access, "read");
      return manifest;
    },
    getManifest: async (access) => {
      may(access, "read");
      world.manifests++;
      return manifest;
    },
    markAgentConnected: async (access) => {
      may(access, "update_agent");
      world.connections++;
    },
    markAgentDisconnected: async (access) => {
      may(access, "update_agent");
      world.disconnections++;
    },
    reportStartup: async (access, _, startup) => {
      may(access, "update_agent");
      world.startups.push(startup);
    },
    reportLifecycle: async (access, _, state) => {
      may(access, "update_agent");
      world.lifecycle.push(state);
    },
    reportMetadata: async (access, _, values) => {
      may(access, "update_agent");
      world.metadata.push(...values);
    },
    reportAppHealths: async (access) => may(access, "update_agent"),
    reportScriptTiming: async (access, _, timing) => {
      may(access, "update_agent");
      world.timings.push(timing);
    },
    createLogSource: async (access, agentId, source) => {
      may(access, "update_agent");
      world.sources.push(source.id);
      return {
        id: source.id,
        workspace_agent_id: agentId,
        display_name: source.displayName,
        icon: source.icon,
        logs_run: null,
        logs_taken: 0,
        created_at: AT,
      };
    },
    appendLogs: async (access, _, sourceId, logs) => {
      may(access, "update_agent");
      if (world.logs.length + logs.length > logLines) throw new LogQuotaExceededError();
      world.logs.push(...logs.map((log) => ({ ...log, sourceId })));
      return [];
    },
  };
  const complain = (...what: unknown[]): void => void world.errors.push(what);
  const deps: AgentServiceDeps = {
    authentication: { withAgentToken: async (text) => (world.isTokenKnown && text === token ? identity : undefined) },
    accessFor: accessTo(NO_DATABASE),
    queries,
    now: () => new Date(),
    log: { error: complain, debug: () => {} },
    reportIntervalMs: spec.reportIntervalMs ?? 200,
  };
  await world.comeBack();
  return world;
}

/** The queries above do not use the database. */
const NO_DATABASE = {} as Database;

/** Polls until the condition holds. The time limit is only for a broken test, and generous because several tests share few cores. */
export async function until(what: string, holds: () => boolean, limitMs = 20_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(10);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
}

function workspaceRow(): Row<"workspaces"> {
  return {
    id: WorkspaceId.parse("66666666-0000-4000-8000-000000000001"),
    owner_id: OWNER,
    organization_id: ORGANIZATION,
    template_id: TemplateId.parse("77777777-0000-4000-8000-000000000001"),
    name: "dev",
    deleted: false,
    autostart_schedule: null,
    ttl_ms: null,
    automatic_updates: "never",
    favorite: false,
    user_acl: {},
    group_acl: {},
    last_used_at: AT,
    dormant_at: null,
    deleting_at: null,
    next_start_at: null,
    created_at: AT,
    updated_at: AT,
  };
}

function manifestRow(
  workspace: Row<"workspaces">,
  { scripts = [], metadata = [], environment = {}, directory = "" }: WorldSpec,
  scriptIds: readonly string[],
  sourceIds: readonly string[],
): AgentManifest {
  return {
    id: AGENT,
    parent_id: null,
    resource_id: ResourceId.parse("88888888-0000-4000-8000-000000000001"),
    name: "main",
    auth_instance_id: null,
    api_key_scope: "all",
    architecture: "amd64",
    operating_system: "linux",
    environment_variables: environment,
    directory,
    expanded_directory: "",
    version: "",
    api_version: "",
    subsystems: [],
    connection_timeout_seconds: 120,
    troubleshooting_url: "",
    motd_file: "",
    display_apps: [],
    display_order: 0,
    lifecycle_state: "created",
    logs_length: 0,
    logs_overflowed: false,
    first_connected_at: null,
    last_connected_at: null,
    disconnected_at: null,
    started_at: null,
    ready_at: null,
    created_at: AT,
    updated_at: AT,
    workspace,
    owner_username: "ann",
    devcontainers: [],
    apps: [],
    log_sources: [],
    scripts: scripts.map(({ script, on = "start", cron = "", timeoutSeconds = 0, logPath = "" }, n) => ({
      id: ScriptId.parse(scriptIds[n] ?? ""),
      workspace_agent_id: AGENT,
      log_source_id: LogSourceId.parse(sourceIds[n] ?? ""),
      display_name: `script ${n}`,
      log_path: logPath,
      script,
      cron,
      start_blocks_login: false,
      run_on_start: on === "start",
      run_on_stop: on === "stop",
      timeout_seconds: timeoutSeconds,
      position: n,
      created_at: AT,
    })),
    metadata: metadata.map(({ key, script, interval = 1, timeout = 0 }, n) => ({
      workspace_agent_id: AGENT,
      key,
      display_name: key,
      script,
      interval,
      timeout,
      display_order: n,
      value: "",
      error: "",
      collected_at: null,
    })),
  };
}

function identityRow(workspace: Row<"workspaces">, agent: AgentManifest, apiKeyScope: string): AuthenticatedAgent {
  return {
    // A row may contain a value that this program does not know, which the scope's own tests cover.
    agent: { ...agent, api_key_scope: apiKeyScope as AgentKeyScope },
    workspace,
    build: {
      id: WorkspaceBuildId.parse("99999999-0000-4000-8000-000000000001"),
      workspace_id: workspace.id,
      template_version_id: TemplateVersionId.parse("99999999-0000-4000-8000-000000000002"),
      template_version_preset_id: null,
      build_number: 1,
      transition: "start",
      reason: "initiator",
      initiator_id: OWNER,
      initiator_key_id: null,
      initiator_session_id: null,
      entitlement: { kind: "full" },
      entitlement_key_id: null,
      job_id: JobId.parse("99999999-0000-4000-8000-000000000003"),
      daily_cost: 0,
      deadline: null,
      max_deadline: null,
      has_external_agent: false,
      state_id: null,
      state_given: false,
      state_untouched: false,
      missing_state_file: null,
      missing_state_daemon: null,
      has_applied: true,
      created_at: AT,
      updated_at: AT,
    },
    entitlementKey: undefined,
    at: AT,
    owner: {
      id: OWNER,
      email: "ann@example.com",
      username: "ann",
      name: "",
      avatar_url: "",
      login_type: "password",
      status: "active",
      rbac_roles: [],
      deleted: false,
      created_at: AT,
      updated_at: AT,
      last_seen_at: null,
      organization_ids: [ORGANIZATION],
    },
    roles: {
      site: [],
      organizations: [{ organizationId: ORGANIZATION, roles: [], defaultRoles: ["organization-workspace-access"], sharing: "everyone" }],
      groups: [],
    },
  };
}
