import { createHash } from "node:crypto";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { formatSecret, isSecret } from "#credentials/secret.ts";
import type { ResourceCall } from "../sdk/definition.ts";
import type { Configuration } from "./configuration.ts";

/** The variable's name ends in the hash of an agent's id. Everybody hashes the empty id, so there is one token for all agents. */
const RUNNING_TOKEN = `CODER_RUNNING_WORKSPACE_AGENT_TOKEN_${createHash("sha256").digest("hex")}`;

/**
 * The token of an agent for the build that is running.
 *
 * - For a workspace that was built in advance, the build provides the token that its agent already has.
 * - With the build's secret, the token is derived: it differs in each build, and the server can compute it too.
 * - In a build without the secret it is random. The build's id is stored with the state, so that a later read in the same build returns the
 *   same token, and a read in the next build a new one.
 * - Outside a build nobody checks it, so it is a UUID, which does not look like a token.
 *
 * @param stored the token in the state, for an agent that exists
 */
export function agentToken(id: string, stored: string | null, call: ResourceCall<Configuration>): string {
  const { configuration } = call;
  const running = configuration.variable(RUNNING_TOKEN);
  if (running !== undefined) return running;
  if (configuration.agentTokenSecret !== undefined) return deriveAgentToken(configuration.agentTokenSecret, id);
  const buildId = configuration.variable("CODER_WORKSPACE_BUILD_ID");
  if (buildId === undefined) return configuration.newId();
  if (stored !== null && isSecret("agent", stored) && buildIdIn(call.privateBytes) === buildId) return stored;
  call.keepPrivate(Buffer.from(JSON.stringify({ build_id: buildId })));
  return formatSecret("agent");
}

/** Undefined for bytes that another program wrote. */
function buildIdIn(privateBytes: Uint8Array): string | undefined {
  try {
    const stored: unknown = JSON.parse(Buffer.from(privateBytes).toString("utf8"));
    return typeof stored === "object" && stored !== null && "build_id" in stored && typeof stored.build_id === "string"
      ? stored.build_id
      : undefined;
  } catch {
    return undefined;
  }
}
