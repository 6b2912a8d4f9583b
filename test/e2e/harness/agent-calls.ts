import { toJsonString } from "@bufbuild/protobuf";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import { AGENT_API_LEVEL, AGENT_API_VERSION, AGENT_TOKEN } from "#proto/call-metadata.ts";
import { Agent, ManifestSchema } from "#proto/gen/agent_pb.js";
import { createClient } from "#proto/grpc.ts";
import { StatusError } from "#proto/status.ts";
import type { Answer, Api } from "./api.ts";

/** The server's variables for the provider of external accounts that `agentAccess` asks for. */
export const DEMO_EXTERNAL_AUTH = {
  CODER_EXTERNAL_AUTH_0_ID: "demo",
  CODER_EXTERNAL_AUTH_0_TYPE: "github",
  CODER_EXTERNAL_AUTH_0_CLIENT_ID: "client",
  CODER_EXTERNAL_AUTH_0_CLIENT_SECRET: "not a real one",
  CODER_EXTERNAL_AUTH_0_REGEX: "demo\\.example\\.com",
};

/** An agent token's access, endpoint by endpoint: HTTP statuses, and a gRPC status name for the manifest. */
export async function agentAccess(api: Api, token: string | undefined) {
  const agent = api.as(token);
  const status = async (path: string) => (await agent.call("GET", `/workspaceagents/me/${path}`)).status;
  return {
    gitsshkey: await status("gitsshkey"),
    externalAuth: await status("external-auth?id=demo"),
    gitauth: await status("gitauth?match=demo.example.com"),
    manifest: await manifestStatus(api.url, token),
  };
}

/** The manifest's gRPC status, `OK` or the name of a refusal. */
export async function manifestStatus(url: string, token: string | undefined): Promise<string> {
  try {
    await manifestText(url, token);
    return "OK";
  } catch (error) {
    return StatusError.from(error).code;
  }
}

/** The manifest as JSON. @throws StatusError */
export async function manifestText(url: string, token: string | undefined): Promise<string> {
  const client = createClient(Agent, new URL(url).host, ChannelCredentials.createInsecure());
  const metadata = new Metadata();
  if (token !== undefined) metadata.set(AGENT_TOKEN, token);
  metadata.set(AGENT_API_VERSION, AGENT_API_LEVEL);
  try {
    return toJsonString(ManifestSchema, await client.getManifest({}, { metadata, timeoutMs: 10_000 }));
  } finally {
    client.close();
  }
}

/** The complete response to a refused REST call: two refusals that must be indistinguishable are equal in all of it. */
export function refusal(api: Api, token: string | undefined, path: string): Promise<Answer> {
  return api.as(token).call("GET", `/workspaceagents/me/${path}`);
}
