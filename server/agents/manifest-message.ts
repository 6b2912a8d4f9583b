import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type ManifestSchema, WorkspaceApp_Health, WorkspaceApp_SharingLevel } from "#proto/gen/agent_pb.js";
import { uuidToBytes } from "#proto/uuid.ts";
import type { AppHealth, AppSharingLevel } from "../database/tables/apps.ts";
import { shownLink } from "../resources/app-url-rules.ts";
import type { AgentManifest } from "./read-agent.ts";

const SHARING = {
  owner: WorkspaceApp_SharingLevel.OWNER,
  authenticated: WorkspaceApp_SharingLevel.AUTHENTICATED,
  organization: WorkspaceApp_SharingLevel.ORGANIZATION,
  public: WorkspaceApp_SharingLevel.PUBLIC,
} as const satisfies Record<AppSharingLevel, WorkspaceApp_SharingLevel>;

const HEALTH = {
  disabled: WorkspaceApp_Health.DISABLED,
  initializing: WorkspaceApp_Health.INITIALIZING,
  healthy: WorkspaceApp_Health.HEALTHY,
  unhealthy: WorkspaceApp_Health.UNHEALTHY,
} as const satisfies Record<AppHealth, WorkspaceApp_Health>;

/**
 * Builds the manifest message, which tells the agent what to do.
 *
 * @param gitAuthConfigs the number of configured providers of Git credentials; if it is not 0, editors' own Git login is turned off
 */
export function toManifest(row: AgentManifest, gitAuthConfigs: number): MessageInitShape<typeof ManifestSchema> {
  const runnable = row.operating_system === "windows" ? (text: string) => text : withUnixLineEnds;
  return {
    agentId: uuidToBytes(row.id),
    ...(row.parent_id === null ? {} : { parentId: uuidToBytes(row.parent_id) }),
    agentName: row.name,
    workspaceId: uuidToBytes(row.workspace.id),
    workspaceName: row.workspace.name,
    ownerUsername: row.owner_username,
    gitAuthConfigs,
    environmentVariables: { ...row.environment_variables },
    directory: row.directory,
    motdPath: row.motd_file,
    scripts: row.scripts.map((script) => ({
      id: uuidToBytes(script.id),
      logSourceId: uuidToBytes(script.log_source_id),
      logPath: script.log_path,
      script: runnable(script.script),
      cron: script.cron,
      runOnStart: script.run_on_start,
      runOnStop: script.run_on_stop,
      startBlocksLogin: script.start_blocks_login,
      timeout: durationFromMs(script.timeout_seconds * 1_000),
      displayName: script.display_name,
    })),
    apps: row.apps.map((app) => ({
      id: uuidToBytes(app.id),
      url: shownLink(app.url) ?? "",
      external: app.external,
      slug: app.slug,
      displayName: app.display_name,
      command: runnable(app.command ?? ""),
      icon: app.icon,
      subdomain: app.subdomain,
      sharingLevel: SHARING[app.sharing_level],
      healthcheck: {
        url: app.healthcheck_url,
        interval: durationFromMs(app.healthcheck_interval * 1_000),
        threshold: app.healthcheck_threshold,
      },
      health: HEALTH[app.health],
      hidden: app.hidden,
    })),
    metadata: row.metadata.map(({ key, display_name, script, interval, timeout }) => ({
      key,
      displayName: display_name,
      script: runnable(script),
      interval: secondsAsNanos(interval),
      timeout: secondsAsNanos(timeout),
    })),
    devcontainers: row.devcontainers.map((container) => ({
      id: uuidToBytes(container.id),
      workspaceFolder: container.workspace_folder,
      configPath: container.config_path,
      name: container.name,
      ...(container.subagent_id === null ? {} : { subagentId: uuidToBytes(container.subagent_id) }),
    })),
  };
}

/**
 * A template that was saved on Windows has carriage returns in its scripts, which shells take for parts of words. The state keeps them: Terraform
 * compares it with the template at each plan.
 */
function withUnixLineEnds(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** Agents read these two durations as seconds in the nanoseconds field, and have done so since the first API level. */
function secondsAsNanos(seconds: number): { seconds: bigint; nanos: number } {
  const perSecond = 1_000_000_000;
  return { seconds: BigInt(Math.floor(seconds / perSecond)), nanos: seconds % perSecond };
}
