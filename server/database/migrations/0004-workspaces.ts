import type { Migration } from "./column-types.ts";

export const workspaces: Migration = {
  name: "workspaces",
  statements: ({ id, time, json, bytes, long }) => [
    `create table workspaces (
      id ${id} primary key,
      owner_id ${id} not null references users (id),
      organization_id ${id} not null references organizations (id),
      template_id ${id} not null references templates (id),
      name text not null,
      deleted boolean not null default false,
      autostart_schedule text,
      ttl_ms ${long},
      automatic_updates text not null default 'never',
      favorite boolean not null default false,
      user_acl ${json} not null,
      group_acl ${json} not null,
      last_used_at ${time} not null,
      dormant_at ${time},
      deleting_at ${time},
      next_start_at ${time},
      created_at ${time} not null,
      updated_at ${time} not null
    )`,
    "create unique index workspaces_name_key on workspaces (owner_id, lower(name)) where deleted = false",
    "create index workspaces_template_idx on workspaces (template_id)",
    `create table workspace_builds (
      id ${id} primary key,
      workspace_id ${id} not null references workspaces (id),
      template_version_id ${id} not null references template_versions (id),
      template_version_preset_id ${id} references template_version_presets (id),
      build_number integer not null,
      transition text not null,
      reason text not null,
      initiator_id ${id} not null references users (id),
      job_id ${id} not null unique references provisioner_jobs (id),
      provisioner_state ${bytes},
      agent_token_secret ${bytes},
      daily_cost integer not null default 0,
      deadline ${time},
      max_deadline ${time},
      has_external_agent boolean not null default false,
      created_at ${time} not null,
      updated_at ${time} not null
    )`,
    // Also prevents two builds from starting at once, because both would get the same number.
    "create unique index workspace_builds_number_key on workspace_builds (workspace_id, build_number)",
    `create table workspace_build_parameters (
      workspace_build_id ${id} not null references workspace_builds (id),
      name text not null,
      value text not null,
      primary key (workspace_build_id, name)
    )`,
    `create table workspace_resources (
      id ${id} primary key,
      job_id ${id} not null references provisioner_jobs (id),
      transition text not null,
      type text not null,
      name text not null,
      hide boolean not null,
      icon text not null,
      instance_type text,
      daily_cost integer not null,
      module_path text not null,
      position integer not null,
      created_at ${time} not null
    )`,
    "create index workspace_resources_job_idx on workspace_resources (job_id)",
    `create table workspace_resource_metadata (
      workspace_resource_id ${id} not null references workspace_resources (id),
      position integer not null,
      key text not null,
      value text not null,
      sensitive boolean not null,
      primary key (workspace_resource_id, key)
    )`,
    `create table workspace_modules (
      id ${id} primary key,
      job_id ${id} not null references provisioner_jobs (id),
      transition text not null,
      source text not null,
      version text not null,
      key text not null,
      created_at ${time} not null
    )`,
    "create index workspace_modules_job_idx on workspace_modules (job_id)",
  ],
};
