import type { Generated } from "kysely";
import type { FileId, JobId, OrganizationId, PresetId, TemplateId, TemplateVersionId, UserId } from "../../ids.ts";
import type { Sealed } from "./column-values.ts";

/** Versions of templates, and what their import found in them. */
export interface TemplateVersionsTables {
  template_versions: {
    id: TemplateVersionId;
    /** Null until a template is created from the version. */
    template_id: TemplateId | null;
    organization_id: OrganizationId;
    job_id: JobId;
    name: string;
    message: Generated<string>;
    readme: Generated<string>;
    created_by: UserId;
    archived: Generated<boolean>;
    external_auth_providers: readonly { readonly id: string; readonly optional: boolean }[];
    has_external_agent: Generated<boolean>;
    created_at: Date;
    updated_at: Date;
  };
  template_version_parameters: {
    template_version_id: TemplateVersionId;
    name: string;
    display_name: string;
    description: string;
    type: string;
    form_type: string;
    mutable: boolean;
    default_value: string;
    icon: string;
    options: readonly { readonly name: string; readonly description: string; readonly value: string; readonly icon: string }[];
    validation_regex: string;
    validation_error: string;
    validation_min: number | null;
    validation_max: number | null;
    validation_monotonic: string;
    required: boolean;
    display_order: number;
    ephemeral: boolean;
  };
  template_version_variables: {
    template_version_id: TemplateVersionId;
    name: string;
    description: string;
    type: string;
    /** Sealed whether or not the variable is sensitive. */
    value: Sealed;
    /** Whether `value` is the default, or was set as text or as JSON. Null in rows from before this was noted. */
    value_source: "default" | "text" | "json" | null;
    default_value: string;
    required: boolean;
    sensitive: boolean;
  };
  /** Values are HCL expressions as written in the template. */
  template_version_workspace_tags: { template_version_id: TemplateVersionId; key: string; value: string };
  template_version_presets: {
    id: PresetId;
    template_version_id: TemplateVersionId;
    name: string;
    description: string;
    icon: string;
    is_default: boolean;
    desired_instances: number | null;
    invalidate_after_secs: number | null;
    scheduling_timezone: string;
    created_at: Date;
  };
  template_version_preset_parameters: { template_version_preset_id: PresetId; name: string; value: string };
  template_version_preset_prebuild_schedules: {
    template_version_preset_id: PresetId;
    position: number;
    cron_expression: string;
    desired_instances: number;
  };
  template_version_terraform_values: {
    template_version_id: TemplateVersionId;
    /** Terraform's plan as JSON, which may contain sensitive variables. */
    cached_plan: Sealed;
    cached_module_files: FileId | null;
    provisionerd_version: string;
    updated_at: Date;
  };
}
