import { hashSecret, isSecret } from "#credentials/secret.ts";
import type { Database } from "../database/database.ts";
import type { UserId } from "../ids.ts";
import { findLiveAgent, type LiveAgent } from "./live-agent-rows.ts";
import type { Person, PersonRoles, User } from "./person-rows.ts";

export interface AuthenticatedAgent extends LiveAgent {
  readonly owner: User;
  readonly roles: PersonRoles;
  /** When it was authenticated. */
  readonly at: Date;
}

/** See `withAgentToken` of authentication.ts. */
export async function authenticateAgentToken(
  { db, now }: Pick<Database, "db" | "now">,
  personById: (id: UserId) => Promise<Person | undefined>,
  text: string,
): Promise<AuthenticatedAgent | undefined> {
  if (!isSecret("agent", text)) return undefined;
  const agent = await findLiveAgent(db, hashSecret(text));
  const owner = agent && (await personById(agent.workspace.owner_id));
  if (agent === undefined || owner === undefined || owner.user.status === "suspended") return undefined;
  return { ...agent, owner: owner.user, roles: owner.roles, at: now() };
}
