import type { Migration } from "./column-types.ts";

/** Records which key created which, and how far each may hand on what it holds. The creator of older keys and builds is unknown. */
export const apiKeyBoundaries: Migration = {
  name: "api-key-boundaries",
  statements: ({ json }) => [
    "alter table api_keys add column description text not null default ''",
    "alter table api_keys add column minted_by text",
    `alter table api_keys add column boundary ${json}`,
    `alter table api_keys add column ceilings ${json} not null default '[]'`,
    "create index api_keys_minted_by_idx on api_keys (minted_by)",
    "alter table workspace_builds add column initiator_key_id text",
  ],
};
