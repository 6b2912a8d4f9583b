import type { Origin, Subject } from "#authz/subject.ts";
import { UserId } from "../ids.ts";

/** In whose name an entry is written, with which credential, and from where. */
export interface Actor {
  /** Null for an unknown user. */
  readonly userId: UserId | null;
  /** The session key or API token that was shown. */
  readonly apiKeyId?: string;
  /** The agent that acted for its owner. */
  readonly agentId?: string;
  /** Absent if no request caused it. */
  readonly origin?: Origin | undefined;
}

/** Returns undefined for the server itself, which must say in whose name it works. */
export function actorOf({ kind, id, credential, origin }: Pick<Subject, "kind" | "id" | "credential" | "origin">): Actor | undefined {
  if (kind === "internal") return undefined;
  const userId = UserId.parse(id);
  return credential.kind === "agent" ? { userId, agentId: credential.id, origin } : { userId, apiKeyId: credential.id, origin };
}
