import type { Migration } from "./column-types.ts";

export const people: Migration = {
  name: "people",
  statements: ({ id, time, json, bytes, long }) => [
    "create table site_configs (key text primary key, value text not null)",
    `create table users (
      id ${id} primary key,
      email text not null,
      username text not null,
      name text not null default '',
      avatar_url text not null default '',
      hashed_password text not null,
      login_type text not null,
      status text not null,
      rbac_roles ${json} not null,
      deleted boolean not null default false,
      created_at ${time} not null,
      updated_at ${time} not null,
      last_seen_at ${time}
    )`,
    "create unique index users_username_key on users (lower(username)) where deleted = false",
    "create unique index users_email_key on users (lower(email)) where deleted = false",
    `create table organizations (
      id ${id} primary key,
      name text not null,
      display_name text not null,
      description text not null default '',
      icon text not null default '',
      is_default boolean not null,
      deleted boolean not null default false,
      created_at ${time} not null,
      updated_at ${time} not null
    )`,
    "create unique index organizations_name_key on organizations (lower(name)) where deleted = false",
    "create unique index organizations_default_key on organizations (is_default) where is_default = true",
    `create table organization_members (
      organization_id ${id} not null references organizations (id),
      user_id ${id} not null references users (id),
      roles ${json} not null,
      created_at ${time} not null,
      updated_at ${time} not null,
      primary key (organization_id, user_id)
    )`,
    "create index organization_members_user_idx on organization_members (user_id)",
    `create table api_keys (
      id text primary key,
      hashed_secret ${bytes} not null,
      user_id ${id} not null references users (id),
      login_type text not null,
      token_name text not null default '',
      scopes ${json} not null,
      allow_list ${json} not null,
      lifetime_seconds ${long} not null,
      ip_address text not null default '',
      last_used ${time} not null,
      expires_at ${time} not null,
      created_at ${time} not null,
      updated_at ${time} not null
    )`,
    "create index api_keys_user_idx on api_keys (user_id)",
    "create unique index api_keys_token_name_key on api_keys (user_id, token_name) where token_name <> ''",
    `create table git_ssh_keys (
      user_id ${id} primary key references users (id),
      public_key text not null,
      private_key ${bytes} not null,
      created_at ${time} not null,
      updated_at ${time} not null
    )`,
    `create table external_auth_links (
      provider_id text not null,
      user_id ${id} not null references users (id),
      oauth_access_token ${bytes} not null,
      oauth_refresh_token ${bytes},
      oauth_expiry ${time},
      oauth_extra ${json},
      created_at ${time} not null,
      updated_at ${time} not null,
      primary key (provider_id, user_id)
    )`,
  ],
};
