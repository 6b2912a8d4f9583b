import type { Generated } from "kysely";
import type { OrganizationId, TemplateId, TemplateVersionId, UserId } from "../../ids.ts";
import type { Acl } from "./column-values.ts";
import type { ProvisionerType } from "./provisioning.ts";

/** Templates and their settings. */
export interface TemplatesTables {
  templates: {
    id: TemplateId;
    organization_id: OrganizationId;
    name: string;
    display_name: Generated<string>;
    description: Generated<string>;
    icon: Generated<string>;
    provisioner: ProvisionerType;
    active_version_id: TemplateVersionId;
    created_by: UserId;
    deleted: Generated<boolean>;
    /** Empty unless the template is deprecated. */
    deprecated: Generated<string>;
    user_acl: Acl;
    group_acl: Acl;
    default_ttl_ms: Generated<number>;
    activity_bump_ms: Generated<number>;
    failure_ttl_ms: Generated<number>;
    time_til_dormant_ms: Generated<number>;
    time_til_dormant_autodelete_ms: Generated<number>;
    time_til_autostop_notify_ms: Generated<number>;
    /** Bit 0 is Monday. */
    autostop_requirement_days_of_week: Generated<number>;
    autostop_requirement_weeks: Generated<number>;
    /** Bit 0 is Monday; a set bit forbids. */
    autostart_block_days_of_week: Generated<number>;
    allow_user_autostart: Generated<boolean>;
    allow_user_autostop: Generated<boolean>;
    allow_user_cancel_workspace_jobs: Generated<boolean>;
    require_active_version: Generated<boolean>;
    use_classic_parameter_flow: Generated<boolean>;
    disable_module_cache: Generated<boolean>;
    max_port_share_level: Generated<string>;
    cors_behavior: Generated<string>;
    created_at: Date;
    updated_at: Date;
  };
}
