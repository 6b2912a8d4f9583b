import { ChannelCredentials, InterceptingCall, type Interceptor } from "@grpc/grpc-js";
import { AGENT_API_LEVEL, AGENT_API_VERSION, AGENT_TOKEN, BUILD_VERSION } from "#proto/call-metadata.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import { createClient, type GrpcClient } from "#proto/grpc.ts";
import { PROGRAM_VERSION } from "#proto/program-version.ts";

export type AgentClient = GrpcClient<typeof Agent.method>;

const CALL_LIMIT_MS = 30_000;

/**
 * A client of the server's agent service that shows the token with each call and gives each call 30 s.
 *
 * @param url the server's address: `http` is plain HTTP/2, `https` TLS. A path in it means nothing to gRPC and is ignored.
 * @throws Error, without the token in its message, for a token that no header can carry
 */
export function connectAgent(url: URL, token: string): AgentClient {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error("the agent token is empty, or has characters that no token has");
  const isPlain = url.protocol === "http:";
  const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const address = `${host.includes(":") ? `[${host}]` : host}:${url.port || (isPlain ? "80" : "443")}`;
  const credentials = isPlain ? ChannelCredentials.createInsecure() : ChannelCredentials.createSsl();
  return createClient(Agent, address, credentials, {
    interceptors: [identified(token)],
    // Each connection stands alone: the wait between two is ours to decide, not that of an earlier connection.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_retries": 0,
    // Scripts travel in the manifest.
    "grpc.max_receive_message_length": 32 * 1024 * 1024,
    "grpc.keepalive_time_ms": 20_000,
    "grpc.keepalive_timeout_ms": 10_000,
  });
}

function identified(token: string): Interceptor {
  return (options, next) =>
    new InterceptingCall(next({ ...options, deadline: options.deadline ?? Date.now() + CALL_LIMIT_MS }), {
      start: (metadata, listener, start) => {
        metadata.set(AGENT_TOKEN, token);
        metadata.set(AGENT_API_VERSION, AGENT_API_LEVEL);
        metadata.set(BUILD_VERSION, PROGRAM_VERSION);
        start(metadata, listener);
      },
    });
}
