import { createHmac } from "node:crypto";
import { formatSecret } from "./secret.ts";

/**
 * An agent's token for one build. The provider computes it while Terraform runs, and the server computes the same token when the build
 * completes, so it is never sent back. Two plans of one build agree; the secret of another build gives another token.
 *
 * @param buildSecret 32 random bytes that the server made for this build
 * @param agentId the `id` attribute of the `coder_agent` resource in Terraform's state
 * @see docs/decisions/0002-agent-tokens.md
 */
export function deriveAgentToken(buildSecret: Uint8Array, agentId: string): string {
  if (buildSecret.length !== 32) throw new RangeError(`a build secret must have 32 bytes, got ${buildSecret.length}`);
  if (agentId === "") throw new RangeError("an agent token requires the agent's id");
  return formatSecret("agent", createHmac("sha256", buildSecret).update(`agent-token\0${agentId}`).digest());
}
