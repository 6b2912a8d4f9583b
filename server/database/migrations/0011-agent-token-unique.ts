import type { Migration } from "./column-types.ts";

/** A token belongs to one agent, permanently. Of older agents that shared one, only the newest keeps it. */
export const agentTokenUnique: Migration = {
  name: "agent-token-unique",
  statements: () => [
    `update workspace_agents set auth_token_hash = null where exists (
      select 1 from workspace_agents as younger
      where younger.auth_token_hash = workspace_agents.auth_token_hash
        and (younger.created_at, younger.id) > (workspace_agents.created_at, workspace_agents.id)
    )`,
    "drop index workspace_agents_token_idx",
    "create unique index workspace_agents_token_key on workspace_agents (auth_token_hash)",
  ],
};
