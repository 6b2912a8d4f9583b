/** Checks a request for a new template, and reads its settings. */
import type { CreateTemplateRequest } from "#sdk/templates.ts";
import { FieldChecks } from "../input/names.ts";
import type { TemplateSettings } from "./template-rows.ts";
import { bitsOf, blockedBitsOf } from "./weekdays.ts";

/** @throws InvalidInputError naming all wrong fields */
export function checkTemplateRequest(request: CreateTemplateRequest): void {
  const checks = new FieldChecks().templateName("name", request.name).displayName("display_name", request.display_name ?? "");
  if (Buffer.byteLength(request.description ?? "") >= 128) checks.add("description", "A description must have fewer than 128 bytes.");
  for (const field of ["default_ttl_ms", "activity_bump_ms", "failure_ttl_ms", "dormant_ttl_ms", "delete_ttl_ms"] as const)
    checks.durationMs(field, request[field]);
  const weeks = request.autostop_requirement?.weeks ?? 0;
  if (weeks < 0 || weeks > 16) checks.add("autostop_requirement.weeks", "The number of weeks must be between 0 and 16.");
  checks.done();
}

/** Returns only the settings that the request names: the others keep the database's defaults. */
export function settingsOf(request: CreateTemplateRequest): TemplateSettings {
  const settings: TemplateSettings = {};
  const { autostop_requirement: autostop, autostart_requirement: autostart } = request;
  if (request.display_name !== undefined) settings.display_name = request.display_name;
  if (request.description !== undefined) settings.description = request.description;
  if (request.icon !== undefined) settings.icon = request.icon;
  if (request.default_ttl_ms !== undefined) settings.default_ttl_ms = request.default_ttl_ms;
  if (request.activity_bump_ms !== undefined) settings.activity_bump_ms = request.activity_bump_ms;
  if (request.failure_ttl_ms !== undefined) settings.failure_ttl_ms = request.failure_ttl_ms;
  if (request.dormant_ttl_ms !== undefined) settings.time_til_dormant_ms = request.dormant_ttl_ms;
  if (request.delete_ttl_ms !== undefined) settings.time_til_dormant_autodelete_ms = request.delete_ttl_ms;
  if (request.time_til_autostop_notify_ms !== undefined) settings.time_til_autostop_notify_ms = request.time_til_autostop_notify_ms;
  if (autostop !== undefined) {
    settings.autostop_requirement_days_of_week = bitsOf(autostop.days_of_week);
    settings.autostop_requirement_weeks = autostop.weeks;
  }
  if (autostart !== undefined) settings.autostart_block_days_of_week = blockedBitsOf(autostart.days_of_week);
  if (request.allow_user_cancel_workspace_jobs !== undefined)
    settings.allow_user_cancel_workspace_jobs = request.allow_user_cancel_workspace_jobs;
  if (request.allow_user_autostart !== undefined) settings.allow_user_autostart = request.allow_user_autostart;
  if (request.allow_user_autostop !== undefined) settings.allow_user_autostop = request.allow_user_autostop;
  if (request.require_active_version !== undefined) settings.require_active_version = request.require_active_version;
  if (request.max_port_share_level !== undefined) settings.max_port_share_level = request.max_port_share_level;
  if (request.cors_behavior !== undefined) settings.cors_behavior = request.cors_behavior;
  if (request.template_use_classic_parameter_flow !== undefined)
    settings.use_classic_parameter_flow = request.template_use_classic_parameter_flow;
  return settings;
}
