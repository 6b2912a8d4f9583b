import type { Migration } from "./column-types.ts";

/** What an agent token may do. Older agents could do everything, and still can. */
export const agentKeyScope: Migration = {
  name: "agent-key-scope",
  statements: ({ dialect }) =>
    dialect === "postgres"
      ? [
          "create type agent_key_scope_enum as enum ('all', 'no_user_data')",
          "alter table workspace_agents add column api_key_scope agent_key_scope_enum not null default 'all'",
        ]
      : [
          `alter table workspace_agents add column api_key_scope text not null default 'all'
           check (api_key_scope in ('all', 'no_user_data'))`,
        ],
};
