import type { Agent, App, Devcontainer, DisplayApps, Script } from "#proto/gen/provisioner_pb.js";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { DisplayApp } from "../database/tables/agents.ts";
import type { NewRow } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { type AgentId, AppId, type LogSourceId, NIL_UUID, type ResourceId, type ScriptId, type WorkspaceId } from "../ids.ts";
import { InvalidCompletionError } from "../provisioning/invalid-completion.ts";
import { findWorkspaceOfAgent } from "./agent-rows.ts";
import { agentTokenHash, mergeEnvironment, parseAgentKeyScope } from "./agent-rules.ts";
import { linkProblem } from "./app-url-rules.ts";
import { openIn, sharingLevel } from "./app-wire-names.ts";

/** What an agent belongs to. `build` is absent for a template's import, whose agents never run. */
export interface AgentOf {
  readonly resourceId: ResourceId;
  readonly build?: { readonly workspaceId: WorkspaceId; readonly agentTokenSecret: Uint8Array | undefined };
}

/** Inserts an agent and its children. Its ID is new for each build: Terraform's ID serves only to derive the token. */
export async function insertAgent(core: Database, tx: Tx, of: AgentOf, agent: Agent): Promise<void> {
  requireLink(`agent ${JSON.stringify(agent.name)}: troubleshooting_url`, agent.troubleshootingUrl);
  const row = {
    ...agentDefaults(core, of),
    name: agent.name,
    auth_token_hash: of.build === undefined ? null : agentTokenHash(agent, of.build.agentTokenSecret),
    auth_instance_id: agent.auth.case === "instanceId" ? agent.auth.value || null : null,
    api_key_scope: parseAgentKeyScope(agent),
    architecture: agent.architecture,
    operating_system: agent.operatingSystem,
    environment_variables: mergeEnvironment(agent.name, agent.extraEnvs, agent.env),
    directory: agent.directory,
    connection_timeout_seconds: agent.connectionTimeoutSeconds,
    troubleshooting_url: agent.troubleshootingUrl,
    motd_file: agent.motdFile,
    display_apps: displayApps(agent.displayApps),
    display_order: Number(agent.order),
  };
  await tx.db.insertInto("workspace_agents").values(row).execute().catch(tokenTaken(agent.name));
  for (const item of agent.metadata)
    await tx.db
      .insertInto("workspace_agent_metadata")
      .values({
        workspace_agent_id: row.id,
        key: item.key,
        display_name: item.displayName,
        script: item.script,
        interval: Number(item.interval),
        timeout: Number(item.timeout),
        display_order: Number(item.order),
      })
      .execute();
  await insertMonitors(core, tx, row.id, agent);
  for (const [position, script] of agent.scripts.entries()) await insertScript(core, tx, row.id, position, script);
  for (const app of agent.apps) await upsertApp(core, tx, row.id, of, app);
  for (const [index, devcontainer] of agent.devcontainers.entries())
    await insertDevcontainer(core, tx, { ...of, parent: row, position: agent.scripts.length + index }, devcontainer);
}

/** Handles a duplicate token. Only a token that the daemon reports can be another agent's, because derived tokens belong to one build. */
function tokenTaken(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UniqueViolationError) || !error.constraint.includes("token")) throw error;
    throw new InvalidCompletionError(`agent ${JSON.stringify(name)} reported a token that belongs or belonged to another agent`, {
      cause: error,
    });
  };
}

function agentDefaults({ now, newId }: Database, { resourceId }: AgentOf) {
  const at = now();
  return {
    id: newId<AgentId>(),
    resource_id: resourceId,
    subsystems: [],
    created_at: at,
    updated_at: at,
  } satisfies Partial<NewRow<"workspace_agents">>;
}

/** Lists the enabled display apps in the API's order. */
function displayApps(apps: DisplayApps | undefined): DisplayApp[] {
  if (apps === undefined) return [];
  const all: readonly (readonly [DisplayApp, boolean])[] = [
    ["vscode", apps.vscode],
    ["vscode_insiders", apps.vscodeInsiders],
    ["ssh_helper", apps.sshHelper],
    ["port_forwarding_helper", apps.portForwardingHelper],
    ["web_terminal", apps.webTerminal],
  ];
  return all.filter(([, isShown]) => isShown).map(([name]) => name);
}

async function insertMonitors({ now }: Database, { db }: Tx, id: AgentId, { resourcesMonitoring }: Agent): Promise<void> {
  const created_at = now();
  const memory = resourcesMonitoring?.memory;
  if (memory !== undefined)
    await db
      .insertInto("workspace_agent_memory_resource_monitors")
      .values({ agent_id: id, enabled: memory.enabled, threshold: memory.threshold, created_at })
      .execute();
  for (const { path, enabled, threshold } of resourcesMonitoring?.volumes ?? [])
    await db
      .insertInto("workspace_agent_volume_resource_monitors")
      .values({ agent_id: id, path, enabled, threshold, created_at })
      .execute();
}

/** Inserts a script and the log source for its output. */
async function insertScript(
  core: Database,
  tx: Tx,
  agentId: AgentId,
  position: number,
  script: Pick<
    Script,
    "displayName" | "icon" | "script" | "cron" | "startBlocksLogin" | "runOnStart" | "runOnStop" | "timeoutSeconds" | "logPath"
  >,
  id: ScriptId = core.newId<ScriptId>(),
): Promise<void> {
  const created_at = core.now();
  const sourceId = core.newId<LogSourceId>();
  await tx.db
    .insertInto("workspace_agent_log_sources")
    .values({ id: sourceId, workspace_agent_id: agentId, display_name: script.displayName, icon: script.icon, created_at })
    .execute();
  await tx.db
    .insertInto("workspace_agent_scripts")
    .values({
      id,
      workspace_agent_id: agentId,
      log_source_id: sourceId,
      display_name: script.displayName,
      log_path: script.logPath,
      script: cleanText(script.script),
      cron: script.cron,
      start_blocks_login: script.startBlocksLogin,
      run_on_start: script.runOnStart,
      run_on_stop: script.runOnStop,
      timeout_seconds: script.timeoutSeconds,
      position,
      created_at,
    })
    .execute();
}

/** @throws InvalidCompletionError for a link that would run in the browser of whoever opens it */
function requireLink(what: string, url: string): void {
  const problem = linkProblem(url);
  if (problem !== undefined) throw new InvalidCompletionError(`${what} cannot be used: ${problem}`);
}

/** Inserts or updates an app. An app with an ID in Terraform's state keeps it from build to build and moves to the new build's agent. */
async function upsertApp(core: Database, tx: Tx, agentId: AgentId, { build }: AgentOf, app: App): Promise<void> {
  requireLink(`app ${JSON.stringify(app.slug)}: url`, app.url);
  requireLink(`app ${JSON.stringify(app.slug)}: healthcheck url`, app.healthcheck?.url ?? "");
  const facts = {
    agent_id: agentId,
    slug: app.slug,
    display_name: app.displayName,
    icon: app.icon,
    command: app.command || null,
    url: app.url || null,
    external: app.external,
    subdomain: app.subdomain,
    hidden: app.hidden,
    tooltip: app.tooltip,
    sharing_level: sharingLevel(app.sharingLevel),
    open_in: openIn(app.openIn),
    display_order: Number(app.order),
    display_group: app.group || null,
    health: app.healthcheck?.url ? ("initializing" as const) : ("disabled" as const),
    healthcheck_url: app.healthcheck?.url ?? "",
    healthcheck_interval: app.healthcheck?.interval ?? 0,
    healthcheck_threshold: app.healthcheck?.threshold ?? 0,
  };
  const id = await appId(core, tx, app, build?.workspaceId);
  await tx.db
    .insertInto("workspace_apps")
    .values({ id, created_at: core.now(), ...facts })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(facts))
    .execute();
}

async function appId(core: Database, tx: Tx, app: App, workspaceId: WorkspaceId | undefined): Promise<AppId> {
  if (app.id === "" || app.id === NIL_UUID) return core.newId<AppId>();
  if (!AppId.is(app.id))
    throw new InvalidCompletionError(`${JSON.stringify(app.id)} is not a valid ID for app ${JSON.stringify(app.slug)}: expected a UUID`);
  const id = AppId.parse(app.id);
  const known = await tx.db.selectFrom("workspace_apps").select("agent_id").where("id", "=", id).executeTakeFirst();
  if (known === undefined) return id;
  // Otherwise a workspace's state could take over another workspace's app by naming its ID.
  const workspace = await findWorkspaceOfAgent(tx.db, known.agent_id);
  if (workspace === undefined || workspace.id !== workspaceId)
    throw new InvalidCompletionError(`the ID of app ${JSON.stringify(app.slug)} belongs to an app outside this workspace`);
  return id;
}

interface DevcontainerOf extends AgentOf {
  readonly parent: NewRow<"workspace_agents"> & { readonly id: AgentId };
  readonly position: number;
}

/** Inserts a dev container, the script that reports its start, and its own agent if anything is to run in it. */
async function insertDevcontainer(core: Database, tx: Tx, of: DevcontainerOf, devcontainer: Devcontainer): Promise<void> {
  const id = core.newId<ScriptId>();
  const { name, apps, scripts, envs } = devcontainer;
  const hasAgent = apps.length > 0 || scripts.length > 0 || envs.length > 0;
  const subagentId = hasAgent ? await insertSubagent(core, tx, of, devcontainer) : null;
  await tx.db
    .insertInto("workspace_agent_devcontainers")
    .values({
      id,
      workspace_agent_id: of.parent.id,
      name,
      workspace_folder: devcontainer.workspaceFolder,
      config_path: devcontainer.configPath,
      subagent_id: subagentId,
      created_at: core.now(),
    })
    .execute();
  const script = {
    displayName: `Dev Container (${name})`,
    icon: "/emojis/1f4e6.png",
    script: "",
    cron: "",
    logPath: "",
    startBlocksLogin: false,
    runOnStart: false,
    runOnStop: false,
    timeoutSeconds: 0,
  };
  await insertScript(core, tx, of.parent.id, of.position, script, id);
}

/** Inserts a dev container's agent, with its parent's permissions. It has no token until its parent really creates it. */
async function insertSubagent(core: Database, tx: Tx, of: DevcontainerOf, devcontainer: Devcontainer): Promise<AgentId> {
  const { parent } = of;
  const row = {
    ...parent,
    ...agentDefaults(core, of),
    parent_id: parent.id,
    name: devcontainer.name,
    auth_token_hash: null,
    auth_instance_id: null,
    directory: devcontainer.workspaceFolder,
    environment_variables: mergeEnvironment(devcontainer.name, devcontainer.envs, {}),
    motd_file: "",
    display_apps: [],
    display_order: 0,
  };
  await tx.db.insertInto("workspace_agents").values(row).execute();
  for (const [position, script] of devcontainer.scripts.entries()) await insertScript(core, tx, row.id, position, script);
  for (const app of devcontainer.apps) await upsertApp(core, tx, row.id, of, app);
  return row.id;
}
