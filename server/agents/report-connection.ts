import { ruled } from "../access/ruled.ts";
import type { AgentId } from "../ids.ts";
import { reportChange } from "./own-workspace.ts";

/** Sets the time of the agent's last contact and, once, of its first. */
export const markAgentConnected = ruled("agents.markConnected", (context, id: AgentId, at: Date = context.now()) =>
  reportChange(context, id, ({ first_connected_at: first }) => ({
    first_connected_at: first ?? at,
    last_connected_at: at,
    disconnected_at: null,
  })),
);

export const markAgentDisconnected = ruled("agents.markDisconnected", (context, id: AgentId, at: Date = context.now()) =>
  reportChange(context, id, () => ({ disconnected_at: at })),
);
