import type { Migration } from "./column-types.ts";

/** Adds what an organization decides for all its members, and what a user chose for the dashboard. */
export const organizationSettings: Migration = {
  name: "organization-settings",
  statements: ({ id, time, json }) => [
    `alter table organizations add column default_member_roles ${json} not null default '["organization-workspace-access"]'`,
    `alter table organizations add column workspace_sharing text not null default 'everyone'
     check (workspace_sharing in ('none', 'everyone', 'service_accounts'))`,
    `create table user_appearances (
      user_id ${id} primary key references users (id),
      settings ${json} not null,
      updated_at ${time} not null
    )`,
  ],
};
