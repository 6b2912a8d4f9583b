/** Each user's Git SSH key: the public half for the user, both halves for an agent that may have them. */
import { type Static, Type } from "typebox";
import { DateTime, Uuid } from "./scalars.ts";

export const GitSSHKey = Type.Object({
  user_id: Uuid,
  created_at: DateTime,
  updated_at: DateTime,
  public_key: Type.String(),
});
export type GitSSHKey = Static<typeof GitSSHKey>;

export const AgentGitSSHKey = Type.Object({
  public_key: Type.String(),
  private_key: Type.String(),
});
export type AgentGitSSHKey = Static<typeof AgentGitSSHKey>;
