import { AGENT_API_LEVEL, AGENT_API_VERSION, AGENT_TOKEN, BUILD_VERSION } from "#proto/call-metadata.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import type { GrpcClient } from "#proto/grpc.ts";
import { PROGRAM_VERSION } from "#proto/program-version.ts";
import { dial } from "#transport/dial.ts";

export type AgentClient = GrpcClient<typeof Agent.method>;

/**
 * Opens a client of the server's agent service that sends the token with each call and limits each call to 30 s.
 *
 * @param url the server's address, as {@link dial} takes it
 * @throws Error, without the token in its message, for a token that no header can carry
 */
export function openAgentClient(url: URL, token: string): AgentClient {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Error("the agent token is empty or contains invalid characters: check CODER_AGENT_TOKEN or the token file");
  return dial(Agent, url, {
    metadata: { [AGENT_TOKEN]: token, [AGENT_API_VERSION]: AGENT_API_LEVEL, [BUILD_VERSION]: PROGRAM_VERSION },
    callLimitMs: 30_000,
    // The manifest contains the scripts.
    maxReceiveBytes: 32 * 1024 * 1024,
    keepalive: { everyMs: 20_000, answerWithinMs: 10_000 },
    // Each connection is independent: we decide the wait between two, not an earlier connection.
    connection: "own",
    retries: false,
    // In a workspace, only the environment decides what goes through its proxy, including `no_proxy`.
    proxyForLoopback: true,
  });
}
