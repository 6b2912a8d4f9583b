/**
 * The tables as Kysely knows them: one type for SQLite and PostgreSQL, in one file because queries join them all. codec.ts makes both
 * return these JavaScript values: timestamps are `Date`s of whole milliseconds, booleans are booleans, JSON columns are parsed, and bytes
 * are `Buffer`s. `Sealed` columns contain what `Encryption.seal` made, `Hash` columns a SHA-256.
 */
import type { Generated, GeneratedAlways, Insertable, Selectable, Updateable } from "kysely";
import type { AuditAction, AuditDiff, AuditResourceType } from "#sdk/audit.ts";
import type { UserAppearanceSettings } from "#sdk/users.ts";
import type {
  AgentId,
  AppId,
  AuditLogId,
  DaemonId,
  FileId,
  JobId,
  LogSourceId,
  OrganizationId,
  PresetId,
  ProvisionerKeyId,
  ResourceId,
  ScriptId,
  TemplateId,
  TemplateVersionId,
  UserId,
  WorkspaceBuildId,
  WorkspaceId,
} from "../ids.ts";

type Sealed = Uint8Array;
type Hash = Uint8Array;
type StringMap = Readonly<Record<string, string>>;
/** Maps the id of a user or group to the actions that it may do. */
type Acl = Readonly<Record<string, readonly string[]>>;

export type UserStatus = "active" | "dormant" | "suspended";
export type LoginType = "password" | "token" | "github" | "oidc" | "none";
export type WorkspaceSharing = "none" | "everyone" | "service_accounts";
export type Transition = "start" | "stop" | "delete";
export type BuildReason = "initiator" | "autostart" | "autostop" | "dormancy" | "autodelete" | "dashboard" | "cli" | "ssh_connection";
export type JobType = "template_version_import" | "template_version_dry_run" | "workspace_build";
export type JobStatus = "pending" | "running" | "succeeded" | "canceling" | "canceled" | "failed";
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";
export type LogSource = "provisioner_daemon" | "provisioner";
export type ProvisionerType = "terraform" | "echo";
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
export type AppHealth = "disabled" | "initializing" | "healthy" | "unhealthy";
export type AppSharingLevel = "owner" | "authenticated" | "organization" | "public";
export type DisplayApp = "vscode" | "vscode_insiders" | "web_terminal" | "ssh_helper" | "port_forwarding_helper";

/** How far a key may hand on what it holds. A null field is the same as the key's own. */
export interface StoredBoundary {
  readonly scopes: readonly string[] | null;
  /** `type:id` entries. */
  readonly allow_list: readonly string[] | null;
  /** RFC 3339. */
  readonly expires_at: string | null;
}

/** A snapshot of what an ancestor of a key may hand on: the key must stay inside it, and does not outlive its `expires_at`. */
export interface StoredCeiling {
  /** The ancestor, which may have been deleted. */
  readonly key_id: string;
  readonly scopes: readonly string[];
  /** `type:id` entries. */
  readonly allow_list: readonly string[];
  /** RFC 3339. */
  readonly expires_at: string;
}

export interface Tables {
  site_configs: { key: string; value: string };
  audit_logs: {
    /** The order of writing. */
    number: Generated<number>;
    id: AuditLogId;
    time: Date;
    /** Null if the user is unknown. */
    user_id: UserId | null;
    /** The key that acted; empty if there was none. */
    api_key_id: Generated<string>;
    organization_id: OrganizationId | null;
    ip: string;
    user_agent: string;
    resource_type: AuditResourceType;
    /** All zeros if the resource's id is not a UUID. */
    resource_id: string;
    resource_target: string;
    resource_icon: Generated<string>;
    action: AuditAction;
    diff: AuditDiff;
    status_code: number;
    additional_fields: Readonly<Record<string, unknown>>;
    request_id: string;
  };
  users: {
    id: UserId;
    email: string;
    username: string;
    name: Generated<string>;
    avatar_url: Generated<string>;
    /** The form of password.ts; empty if the user has no password. */
    hashed_password: string;
    login_type: LoginType;
    status: UserStatus;
    /** Site roles, without the implied `member`. */
    rbac_roles: readonly string[];
    deleted: Generated<boolean>;
    created_at: Date;
    updated_at: Date;
    last_seen_at: Date | null;
  };
  organizations: {
    id: OrganizationId;
    name: string;
    display_name: string;
    description: Generated<string>;
    icon: Generated<string>;
    is_default: boolean;
    /** Roles that each member has in addition to its own and the implied `organization-member`. */
    default_member_roles: Generated<readonly string[]>;
    /** Whose workspaces may be shared. */
    workspace_sharing: Generated<WorkspaceSharing>;
    deleted: Generated<boolean>;
    created_at: Date;
    updated_at: Date;
  };
  organization_members: {
    organization_id: OrganizationId;
    user_id: UserId;
    /** Organization roles, without the implied `organization-member`. */
    roles: readonly string[];
    created_at: Date;
    updated_at: Date;
  };
  user_appearances: { user_id: UserId; settings: UserAppearanceSettings; updated_at: Date };
  api_keys: {
    /** The public half of `<id>-<secret>`: ten characters, not a UUID. */
    id: string;
    hashed_secret: Hash;
    user_id: UserId;
    login_type: LoginType;
    /** Empty for sessions. */
    token_name: Generated<string>;
    scopes: readonly string[];
    /** `type:id` entries. */
    allow_list: readonly string[];
    lifetime_seconds: number;
    ip_address: Generated<string>;
    description: Generated<string>;
    /** The nearest ancestor that still exists: a token, or the session at the root. Null: created by the server, or by an older program. */
    minted_by: string | null;
    /** Null: the key may hand on what it holds. */
    boundary: StoredBoundary | null;
    /** The nearest ancestor comes first. Empty for sessions, and for keys that a session minted. */
    ceilings: Generated<readonly StoredCeiling[]>;
    last_used: Date;
    expires_at: Date;
    created_at: Date;
    updated_at: Date;
  };
  api_key_usage: {
    key_id: string;
    /** `type:action` */
    scope: string;
    /** Empty: a list or a creation. `*`: one of the objects that are counted together. */
    object_id: string;
    count: number;
    first_used: Date;
    last_used: Date;
  };
  api_key_usage_addresses: { key_id: string; scope: string; address: string; count: number; last_used: Date };
  git_ssh_keys: { user_id: UserId; public_key: string; private_key: Sealed; created_at: Date; updated_at: Date };
  external_auth_links: {
    provider_id: string;
    user_id: UserId;
    oauth_access_token: Sealed;
    oauth_refresh_token: Sealed | null;
    oauth_expiry: Date | null;
    oauth_extra: Readonly<Record<string, unknown>> | null;
    created_at: Date;
    updated_at: Date;
  };
  files: {
    id: FileId;
    /** SHA-256 in hex. */
    hash: string;
    /** Null for what the server itself created, such as module archives. */
    created_by: UserId | null;
    mimetype: string;
    data: Uint8Array;
    created_at: Date;
  };
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
  workspaces: {
    id: WorkspaceId;
    owner_id: UserId;
    organization_id: OrganizationId;
    template_id: TemplateId;
    name: string;
    deleted: Generated<boolean>;
    autostart_schedule: string | null;
    ttl_ms: number | null;
    automatic_updates: Generated<string>;
    favorite: Generated<boolean>;
    user_acl: Acl;
    group_acl: Acl;
    last_used_at: Date;
    dormant_at: Date | null;
    deleting_at: Date | null;
    next_start_at: Date | null;
    created_at: Date;
    updated_at: Date;
  };
  workspace_builds: {
    id: WorkspaceBuildId;
    workspace_id: WorkspaceId;
    template_version_id: TemplateVersionId;
    template_version_preset_id: PresetId | null;
    build_number: number;
    transition: Transition;
    reason: BuildReason;
    initiator_id: UserId;
    /** The API token that requested the build; null if a session or the server did. Limits the key that the build gets. */
    initiator_key_id: string | null;
    job_id: JobId;
    /** Terraform's state; null if there is none. */
    provisioner_state: Sealed | null;
    /** 32 bytes from which this build's agent tokens are derived; null before the job runs and after it has ended. */
    agent_token_secret: Sealed | null;
    daily_cost: Generated<number>;
    deadline: Date | null;
    max_deadline: Date | null;
    has_external_agent: Generated<boolean>;
    created_at: Date;
    updated_at: Date;
  };
  workspace_build_parameters: { workspace_build_id: WorkspaceBuildId; name: string; value: string };
  workspace_resources: {
    id: ResourceId;
    job_id: JobId;
    transition: Transition;
    type: string;
    name: string;
    hide: boolean;
    icon: string;
    instance_type: string | null;
    daily_cost: number;
    module_path: string;
    /** The position among the job's resources, as the daemon sent them. */
    position: number;
    created_at: Date;
  };
  workspace_resource_metadata: { workspace_resource_id: ResourceId; position: number; key: string; value: string; sensitive: boolean };
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
  workspace_agent_log_sources: { id: LogSourceId; workspace_agent_id: AgentId; display_name: string; icon: string; created_at: Date };
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
    id: string;
    workspace_agent_id: AgentId;
    name: string;
    workspace_folder: string;
    config_path: string;
    subagent_id: AgentId | null;
    created_at: Date;
  };
  workspace_apps: {
    id: AppId;
    agent_id: AgentId;
    slug: string;
    display_name: string;
    icon: string;
    command: string | null;
    url: string | null;
    external: boolean;
    subdomain: boolean;
    hidden: boolean;
    tooltip: string;
    sharing_level: AppSharingLevel;
    open_in: "slim-window" | "tab";
    display_order: number;
    display_group: string | null;
    health: AppHealth;
    healthcheck_url: string;
    healthcheck_interval: number;
    healthcheck_threshold: number;
    created_at: Date;
  };
  workspace_modules: {
    id: string;
    job_id: JobId;
    transition: Transition;
    source: string;
    version: string;
    key: string;
    created_at: Date;
  };
  provisioner_jobs: {
    id: JobId;
    organization_id: OrganizationId;
    initiator_id: UserId;
    type: JobType;
    provisioner: ProvisionerType;
    storage_method: Generated<"file">;
    file_id: FileId;
    input: JobInput;
    /** JSON of `SecretJobInput`, sealed; null if there is none. Deleted when the job ends. */
    secret_input: Sealed | null;
    tags: StringMap;
    trace_metadata: StringMap;
    /** The daemon that holds or held the job. */
    worker_id: DaemonId | null;
    /** Until when the daemon holds the job without a heartbeat. Null before and after. */
    lease_expires_at: Date | null;
    error: string | null;
    error_code: string | null;
    logs_length: Generated<number>;
    logs_overflowed: Generated<boolean>;
    job_status: GeneratedAlways<JobStatus>;
    started_at: Date | null;
    canceled_at: Date | null;
    completed_at: Date | null;
    created_at: Date;
    updated_at: Date;
  };
  provisioner_job_logs: {
    id: Generated<number>;
    job_id: JobId;
    source: LogSource;
    level: LogLevel;
    stage: string;
    output: string;
    created_at: Date;
  };
  provisioner_job_timings: {
    job_id: JobId;
    stage: "init" | "plan" | "graph" | "apply";
    source: string;
    action: string;
    resource: string;
    started_at: Date;
    ended_at: Date;
  };
  provisioner_keys: {
    id: ProvisionerKeyId;
    /** Null for the reserved keys, which belong to no organization. */
    organization_id: OrganizationId | null;
    name: string;
    /** Null for the reserved keys. */
    hashed_secret: Hash | null;
    tags: StringMap;
    created_at: Date;
  };
  provisioner_daemons: {
    id: DaemonId;
    organization_id: OrganizationId;
    key_id: ProvisionerKeyId;
    name: string;
    provisioners: readonly string[];
    tags: StringMap;
    version: string;
    api_version: string;
    last_seen_at: Date | null;
    created_at: Date;
  };
}

/** What a job is about, without its secrets. */
export type JobInput =
  | { readonly template_version_id: TemplateVersionId; readonly template_id: TemplateId | null }
  | {
      readonly template_version_id: TemplateVersionId;
      readonly workspace_name: string;
      readonly rich_parameter_values: readonly { readonly name: string; readonly value: string }[];
    }
  | { readonly workspace_build_id: WorkspaceBuildId; readonly log_level?: string };

/** The part of a job's input that is sealed. */
export interface SecretJobInput {
  readonly user_variable_values: readonly { readonly name: string; readonly value: string }[];
}

export type Row<T extends keyof Tables> = Selectable<Tables[T]>;
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>;
export type RowPatch<T extends keyof Tables> = Updateable<Tables[T]>;
