import type { FastifyContextConfig } from "fastify";
import { type Static, Type } from "typebox";
import { authorize } from "#authz/decide.ts";
import { userObject } from "#authz/object.ts";
import { PatchLogs, PostLogSourceRequest } from "#sdk/agent-logs.ts";
import { AgentExternalAuthResponse } from "#sdk/external-auth.ts";
import { AgentGitSSHKey } from "#sdk/git-ssh-keys.ts";
import { Text } from "#sdk/limits.ts";
import { Response } from "#sdk/response.ts";
import { WorkspaceAgentLogSource } from "#sdk/workspace-agents.ts";
import { agentExternalAuth } from "../external-auth/git-token.ts";
import type { ExternalAuthProvider } from "../external-auth/provider.ts";
import { type AgentCaller, agentOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { LogSourceId } from "../ids.ts";
import { getGitSshKeyPair } from "../people/read-git-ssh-key.ts";
import { logSourceJson } from "../resources/agent-json.ts";
import { appendAgentLogs } from "./append-agent-logs.ts";
import { createLogSource } from "./create-log-source.ts";

const ExternalAuthQuery = Type.Object({ id: Type.Optional(Text("name")), match: Type.Optional(Text("address")) });

export interface AgentSelfDeps {
  readonly externalAuthProviders: readonly ExternalAuthProvider[];
  /** The URL at which browsers reach this server, without a trailing slash. */
  readonly accessUrl: () => string;
  readonly now: () => Date;
}

/** Routes for agents, which authenticate with their own token. */
export function agentSelfRoutes(app: App, { externalAuthProviders, accessUrl, now }: AgentSelfDeps): void {
  app.get(
    "/api/v2/workspaceagents/me/gitsshkey",
    {
      config: { needs: ["user:read_personal on the owner or 403"] },
      schema: {
        operationId: "getAgentGitSshKey",
        summary: "Get the owner's Git SSH key pair",
        tags: ["Agent side"],
        response: { 200: AgentGitSSHKey },
      },
    },
    async (request) => {
      const { subject, access, identity } = agentOf(request);
      // Checked here as well as in the store, so that the denial is the same whether or not a key is stored.
      authorize(subject, "read_personal", userObject(identity.owner.id));
      const { public_key, private_key } = await getGitSshKeyPair(access, identity.owner.id);
      return { public_key, private_key };
    },
  );

  const externalAuth = ({ access, identity }: AgentCaller, query: Static<typeof ExternalAuthQuery>): Promise<AgentExternalAuthResponse> =>
    agentExternalAuth(
      {
        access,
        ownerId: identity.owner.id,
        providers: externalAuthProviders,
        accessUrl: accessUrl(),
        now: now(),
      },
      query,
    );
  const schema = {
    summary: "Get a token for an external service such as a Git host, or the URL where the owner can get one",
    description: "Requires exactly one of `id` and `match`. Without a linked account, the token is empty and `url` says where to link one.",
    tags: ["Agent side"],
    querystring: ExternalAuthQuery,
    response: { 200: AgentExternalAuthResponse },
  };
  const config = { needs: ["user:read_personal on the owner or 403"] } satisfies FastifyContextConfig;
  app.get("/api/v2/workspaceagents/me/external-auth", { config, schema: { ...schema, operationId: "getAgentExternalAuth" } }, (request) =>
    externalAuth(agentOf(request), request.query),
  );
  app.get(
    "/api/v2/workspaceagents/me/gitauth",
    { config, schema: { ...schema, operationId: "getAgentGitAuth", deprecated: true } },
    (request) => externalAuth(agentOf(request), request.query),
  );

  app.post(
    "/api/v2/workspaceagents/me/log-source",
    {
      config: { needs: ["workspace:update_agent on the own workspace or 403/404"] },
      schema: {
        operationId: "createAgentLogSource",
        summary: "Register a source of log lines",
        tags: ["Agent side"],
        body: PostLogSourceRequest,
        response: { 201: WorkspaceAgentLogSource },
      },
    },
    async (request, reply) => {
      const { access, identity } = agentOf(request);
      const { id, display_name: displayName = "", icon = "" } = request.body;
      const source = await createLogSource(access, identity.agent.id, { id: LogSourceId.parse(id), displayName, icon });
      return reply.code(201).send(logSourceJson(source));
    },
  );

  app.patch(
    "/api/v2/workspaceagents/me/logs",
    {
      config: { needs: ["workspace:update_agent on the own workspace or 403/404"] },
      schema: {
        operationId: "appendAgentLogs",
        summary: "Add log lines",
        description: "Answers 413 once an agent has sent 1 MiB in total.",
        tags: ["Agent side"],
        body: PatchLogs,
        response: { 200: Type.Null(), 413: Response },
      },
    },
    async (request, reply) => {
      const { access, identity } = agentOf(request);
      await appendAgentLogs(access, identity.agent.id, request.body);
      return reply.type("application/json; charset=utf-8").send(null);
    },
  );
}
