import { ruled } from "../access/ruled.ts";
import type { AgentLifecycle } from "../database/tables/agents.ts";
import type { Row } from "../database/tables.ts";
import type { AgentId } from "../ids.ts";
import { reportChange } from "./own-workspace.ts";

/** Sets the agent's lifecycle state, and `started_at` and `ready_at` if the state affects them. */
export const reportLifecycle = ruled(
  "agents.setLifecycle",
  (context, id: AgentId, state: AgentLifecycle, changedAt: Date = context.now()) =>
    reportChange(context, id, (agent) => ({ lifecycle_state: state, ...lifecycleTimes(agent, state, changedAt) })),
);

type LifecycleTimes = Pick<Row<"workspace_agents">, "started_at" | "ready_at">;

/** Returns the start and end times of the agent's start scripts that a new state sets. */
export function lifecycleTimes(agent: Pick<LifecycleTimes, "started_at">, state: AgentLifecycle, at: Date): Partial<LifecycleTimes> {
  switch (state) {
    case "starting":
      return { started_at: at, ready_at: null };
    case "ready":
    case "start_timeout":
    case "start_error":
      return { started_at: agent.started_at ?? at, ready_at: at };
    default:
      return {};
  }
}
