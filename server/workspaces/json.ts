import type { BuildReason as BuildReasonJson, WorkspaceBuild as WorkspaceBuildJson, WorkspaceStatus } from "#sdk/workspace-builds.ts";
import type { Workspace as WorkspaceJson } from "#sdk/workspaces.ts";
import { jobJson } from "../provisioning/job-json.ts";
import { matchedProvisionersJson } from "../provisioning/json.ts";
import type { MatchedDaemons } from "../provisioning/match-daemons.ts";
import { resourceJson } from "../resources/json.ts";
import type { Resource } from "../resources/rows.ts";
import type { WorkspaceBuild } from "./build-rows.ts";
import type { Workspace } from "./rows.ts";

/** Derives a workspace's status from its latest build. */
function workspaceStatus(
  build: Pick<WorkspaceBuild, "transition"> & { readonly job: Pick<WorkspaceBuild["job"], "job_status"> },
): WorkspaceStatus {
  const status = build.job.job_status;
  switch (status) {
    case "running":
      return ({ start: "starting", stop: "stopping", delete: "deleting" } as const)[build.transition];
    case "succeeded":
      return ({ start: "running", stop: "stopped", delete: "deleted" } as const)[build.transition];
    default:
      return status;
  }
}

/** @param matched the daemons that could take the build's job, while it is pending */
export function buildJson(build: WorkspaceBuild, resources: readonly Resource[], now: Date, matched?: MatchedDaemons): WorkspaceBuildJson {
  return {
    id: build.id,
    created_at: build.created_at.toISOString(),
    updated_at: build.updated_at.toISOString(),
    workspace_id: build.workspace_id,
    workspace_name: build.workspace_name,
    workspace_owner_id: build.workspace_owner_id,
    workspace_owner_name: build.workspace_owner_username,
    workspace_owner_avatar_url: build.workspace_owner_avatar_url,
    template_version_id: build.template_version_id,
    template_version_name: build.template_version_name,
    build_number: build.build_number,
    transition: build.transition,
    initiator_id: build.initiator_id,
    initiator_name: build.initiator_username,
    job: jobJson(build.job),
    reason: reasonJson(build.reason),
    resources: resources.map((resource) => resourceJson(resource, now)),
    ...(build.deadline !== null && { deadline: build.deadline.toISOString() }),
    ...(build.max_deadline !== null && { max_deadline: build.max_deadline.toISOString() }),
    status: workspaceStatus(build),
    daily_cost: build.daily_cost,
    ...(matched !== undefined && { matched_provisioners: matchedProvisionersJson(matched) }),
    template_version_preset_id: build.template_version_preset_id,
    has_external_agent: build.has_external_agent,
  };
}

/** Translates the reason. The API has no separate word for a deletion caused by dormancy. */
function reasonJson(reason: WorkspaceBuild["reason"]): BuildReasonJson {
  return reason === "autodelete" ? "dormancy" : reason;
}

export function workspaceJson(workspace: Workspace, latest: WorkspaceBuildJson): WorkspaceJson {
  const agents = latest.resources.flatMap((resource) => resource.agents ?? []);
  const failing = agents.filter((agent) => !agent.health.healthy).map((agent) => agent.id);
  const time = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    id: workspace.id,
    created_at: workspace.created_at.toISOString(),
    updated_at: workspace.updated_at.toISOString(),
    owner_id: workspace.owner_id,
    owner_name: workspace.owner_username,
    owner_avatar_url: workspace.owner_avatar_url,
    organization_id: workspace.organization_id,
    organization_name: workspace.organization_name,
    template_id: workspace.template_id,
    template_name: workspace.template_name,
    template_display_name: workspace.template_display_name,
    template_icon: workspace.template_icon,
    template_allow_user_cancel_workspace_jobs: workspace.template_allow_user_cancel_workspace_jobs,
    template_active_version_id: workspace.template_active_version_id,
    template_require_active_version: workspace.template_require_active_version,
    template_use_classic_parameter_flow: workspace.template_use_classic_parameter_flow,
    latest_build: latest,
    latest_app_status: null,
    outdated: latest.template_version_id !== workspace.template_active_version_id,
    name: workspace.name,
    ...(workspace.autostart_schedule !== null && { autostart_schedule: workspace.autostart_schedule }),
    ...(workspace.ttl_ms !== null && { ttl_ms: workspace.ttl_ms }),
    last_used_at: workspace.last_used_at.toISOString(),
    deleting_at: time(workspace.deleting_at),
    dormant_at: time(workspace.dormant_at),
    health: { healthy: failing.length === 0, failing_agents: failing },
    automatic_updates: workspace.automatic_updates === "always" ? "always" : "never",
    allow_renames: false,
    favorite: workspace.favorite,
    next_start_at: time(workspace.next_start_at),
    is_prebuild: false,
  };
}
