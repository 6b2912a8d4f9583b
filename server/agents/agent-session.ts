import type { Metadata } from "@grpc/grpc-js";
import type { Subject } from "#authz/subject.ts";
import { acceptVersion } from "#proto/api-version.ts";
import { AGENT_API_LEVEL, AGENT_API_VERSION, AGENT_TOKEN } from "#proto/call-metadata.ts";
import { StatusError } from "#proto/status.ts";
import type { AuthenticatedAgent } from "../access/authenticate-agent-token.ts";
import type { Authentication } from "../access/authentication.ts";
import { type OnUnknownValue, subjectOfAgent } from "../access/subject-of-agent.ts";

/** The caller of the agent service. */
export interface AgentSession {
  readonly identity: AuthenticatedAgent;
  /** The agent's owner, with rights limited by the agent's scope. */
  readonly subject: Subject;
  /** The agent's API level. */
  readonly apiVersion: string;
}

/**
 * Authenticates the agent by the token of its call.
 *
 * @throws StatusError UNAUTHENTICATED, with the same message for a missing, malformed, unknown or superseded token;
 *   FAILED_PRECONDITION with the reason for an API level that this server does not support
 */
export async function authenticateAgent(
  metadata: Metadata,
  authentication: Pick<Authentication, "withAgentToken">,
  onUnknown: OnUnknownValue,
): Promise<AgentSession> {
  const tokens = metadata.get(AGENT_TOKEN);
  const identity = tokens.length === 1 ? await authentication.withAgentToken(String(tokens[0])) : undefined;
  if (identity === undefined) throw new StatusError("UNAUTHENTICATED", "Workspace agent not authorized.");
  const version = acceptVersion(metadata.get(AGENT_API_VERSION)[0]?.toString(), AGENT_API_LEVEL);
  if (version.kind === "refused") throw new StatusError("FAILED_PRECONDITION", version.reason);
  return { identity, subject: subjectOfAgent(identity, onUnknown), apiVersion: version.version };
}
