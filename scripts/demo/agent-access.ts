/** An agent's access with its token: one status for each protected endpoint. */
import { setTimeout as sleep } from "node:timers/promises";
import { openAgentClient } from "#agent/server-connection.ts";
import { StatusError, type StatusName } from "#proto/status.ts";
import { ApiError } from "#sdk/api-error.ts";
import { Client } from "#sdk/client.ts";

/** A Git URL of the only external-auth provider that the demo's server has. */
const GIT_URL = "https://github.com/coder/coder";

export interface AgentCredential {
  readonly name: string;
  readonly api_key_scope: string;
  readonly token: string;
}

export interface AgentAccess {
  readonly name: string;
  readonly api_key_scope: string;
  readonly gitsshkey: number;
  readonly external_auth: number;
  readonly gitauth: number;
  readonly manifest: number;
}

/** Calls every protected endpoint as the agent. @param providerId of the configured external-auth provider */
export async function probeAgent(url: string, agent: AgentCredential, providerId: string, signal: AbortSignal): Promise<AgentAccess> {
  const client = new Client(url, { sessionToken: agent.token });
  const [gitsshkey, externalAuth, gitauth, manifest] = await Promise.all([
    statusOf(async () => {
      const key = await client.getAgentGitSshKey({ signal });
      if (!key.private_key.includes("PRIVATE KEY")) throw new Error("the server returned status 200, but no private key");
    }),
    statusOf(() => client.getAgentExternalAuth({ id: providerId, signal })),
    statusOf(() => client.getAgentGitAuth({ match: GIT_URL, signal })),
    probeManifest(url, agent, signal),
  ]);
  return { name: agent.name, api_key_scope: agent.api_key_scope, gitsshkey, external_auth: externalAuth, gitauth, manifest };
}

/** Requests the manifest over gRPC. @returns the HTTP equivalent of the call's status */
export async function probeManifest(url: string, agent: AgentCredential, signal: AbortSignal): Promise<number> {
  const client = openAgentClient(new URL(url), agent.token);
  try {
    const manifest = await client.getManifest({}, { signal, timeoutMs: 10_000 });
    if (manifest.agentName !== agent.name) throw new Error(`${agent.name} was given the manifest of "${manifest.agentName}"`);
    return 200;
  } catch (error) {
    signal.throwIfAborted();
    const status = error instanceof StatusError ? HTTP_STATUS[error.code] : undefined;
    if (status === undefined) throw error;
    return status;
  } finally {
    client.close();
  }
}

const HTTP_STATUS: Partial<Record<StatusName, number>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
};

async function statusOf(call: () => Promise<unknown>): Promise<number> {
  try {
    await call();
    return 200;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}

/**
 * Terraform code beside the example's, which shows the demo what the agents got. The server has only hashes of their tokens, and no state
 * contains them unless a template copies them, as here.
 */
export const SHOW_CREDENTIALS = `output "agents" {
  sensitive = true
  value = [
    for name, agent in { helper = coder_agent.helper, assistant = coder_agent.assistant } :
    { name = name, api_key_scope = agent.api_key_scope, token = agent.token }
  ]
}
`;

/** @param state Terraform's state file, version 4, of a template with {@link SHOW_CREDENTIALS}. @returns first the agent with access */
export function readAgentCredentials(state: Uint8Array): AgentCredential[] {
  const { outputs } = JSON.parse(Buffer.from(state).toString("utf8")) as { outputs: { agents: { value: AgentCredential[] } } };
  return outputs.agents.value.toSorted((left, right) => ORDER.indexOf(left.name) - ORDER.indexOf(right.name));
}

const ORDER = ["helper", "assistant"];

/** Waits until every agent of the workspace's latest build has connected. @returns their names */
export async function waitForAgents(client: Client, workspace: string, count: number, signal: AbortSignal): Promise<string[]> {
  for (;;) {
    const { latest_build: build } = await client.getWorkspaceByName("me", workspace, { signal });
    const agents = build.resources.flatMap((resource) => resource.agents ?? []);
    if (agents.length === count && agents.every((agent) => agent.status === "connected")) return agents.map((agent) => agent.name);
    await sleep(100, undefined, { signal });
  }
}
