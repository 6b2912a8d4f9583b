import { createHash } from "node:crypto";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { formatSecret, isSecret } from "#credentials/secret.ts";
import type { ResourceCall } from "../sdk/definition.ts";
import type { Configuration } from "./configuration.ts";

/** The variable's name ends in the hash of an agent's id, and the id that everybody hashes is the empty one: it is one token for all agents. */
const RUNNING_TOKEN = `CODER_RUNNING_WORKSPACE_AGENT_TOKEN_${createHash("sha256").digest("hex")}`;

/**
 * The token of an agent for the build that is running.
 *
 * - A workspace that was built in advance brings the token that its agent already has.
 * - With the build's secret, the token is derived: it is another one in each build, and the server knows it without being told.
 * - In a build without the secret it is random. The build's id is kept beside the state, so that a later look in the same build finds
 *   the same token, and in the next build a fresh one.
 * - Outside a build nobody will check it: a UUID that looks like a token is not handed out.
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

/** Undefined for bytes that something else wrote. */
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
