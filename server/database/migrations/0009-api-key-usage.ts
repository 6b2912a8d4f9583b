import type { Migration } from "./column-types.ts";

/**
 * Records what keys were used for, and is deleted with the key. An empty object id stands for a list or a creation, `*` for objects that
 * are counted together.
 */
export const apiKeyUsage: Migration = {
  name: "api-key-usage",
  statements: ({ time, long }) => [
    `create table api_key_usage (
      key_id text not null references api_keys (id) on delete cascade,
      scope text not null,
      object_id text not null,
      count ${long} not null,
      first_used ${time} not null,
      last_used ${time} not null,
      primary key (key_id, scope, object_id)
    )`,
    `create table api_key_usage_addresses (
      key_id text not null references api_keys (id) on delete cascade,
      scope text not null,
      address text not null,
      count ${long} not null,
      last_used ${time} not null,
      primary key (key_id, scope, address)
    )`,
  ],
};
