import type { Migration } from "./column-types.ts";

/** A source of agent logs remembers which lines it has, so that a repeated upload adds nothing. */
export const agentLogRuns: Migration = {
  name: "agent-log-runs",
  statements: ({ id, long }) => [
    `alter table workspace_agent_log_sources add column logs_run ${id}`,
    `alter table workspace_agent_log_sources add column logs_taken ${long} not null default 0`,
  ],
};
