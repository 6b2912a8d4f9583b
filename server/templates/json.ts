import type { CORSBehavior, Template as TemplateJson, WorkspaceAgentPortShareLevel } from "#sdk/templates.ts";
import type { Template } from "./template-rows.ts";
import { allowedDaysOf, daysOf } from "./weekdays.ts";

export function templateJson(template: Template): TemplateJson {
  const noStats = { P50: null, P95: null };
  return {
    id: template.id,
    created_at: template.created_at.toISOString(),
    updated_at: template.updated_at.toISOString(),
    organization_id: template.organization_id,
    organization_name: template.organization_name,
    organization_display_name: template.organization_display_name,
    organization_icon: template.organization_icon,
    name: template.name,
    display_name: template.display_name,
    provisioner: template.provisioner,
    active_version_id: template.active_version_id,
    active_user_count: -1, // not counted yet
    build_time_stats: { start: noStats, stop: noStats, delete: noStats },
    description: template.description,
    deprecated: template.deprecated !== "",
    deprecation_message: template.deprecated,
    deleted: template.deleted,
    icon: template.icon,
    default_ttl_ms: template.default_ttl_ms,
    activity_bump_ms: template.activity_bump_ms,
    time_til_autostop_notify_ms: template.time_til_autostop_notify_ms,
    autostop_requirement: {
      days_of_week: daysOf(template.autostop_requirement_days_of_week),
      weeks: Math.max(template.autostop_requirement_weeks, 1),
    },
    autostart_requirement: { days_of_week: allowedDaysOf(template.autostart_block_days_of_week) },
    created_by_id: template.created_by,
    created_by_name: template.created_by_username,
    allow_user_autostart: template.allow_user_autostart,
    allow_user_autostop: template.allow_user_autostop,
    allow_user_cancel_workspace_jobs: template.allow_user_cancel_workspace_jobs,
    failure_ttl_ms: template.failure_ttl_ms,
    time_til_dormant_ms: template.time_til_dormant_ms,
    time_til_dormant_autodelete_ms: template.time_til_dormant_autodelete_ms,
    require_active_version: template.require_active_version,
    max_port_share_level: portShareLevel(template.max_port_share_level),
    cors_behavior: corsBehavior(template.cors_behavior),
    use_classic_parameter_flow: template.use_classic_parameter_flow,
    agents_allowed: false,
    disable_module_cache: template.disable_module_cache,
    module_cache_disabled_by_deployment: false,
    allow_workspace_renames: false,
  };
}

/** A stored value that this program does not know shares the least. */
function portShareLevel(stored: string): WorkspaceAgentPortShareLevel {
  return stored === "public" || stored === "authenticated" || stored === "organization" ? stored : "owner";
}

function corsBehavior(stored: string): CORSBehavior {
  return stored === "passthru" ? "passthru" : "simple";
}
