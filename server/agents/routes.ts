import { Type } from "typebox";
import { Uuid } from "#sdk/scalars.ts";
import { WorkspaceAgent, WorkspaceAgentLog } from "#sdk/workspace-agents.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { logRoute } from "../http/log-route.ts";
import { AgentId } from "../ids.ts";
import { agentJson, agentLogJson } from "../resources/agent-json.ts";
import { getAgent, workspaceOfAgent } from "./read-agent.ts";
import { followAgentLogs, listAgentLogs } from "./read-logs.ts";

const params = Type.Object({ agent: Uuid });
/** Routes about agents for their users. */
export function workspaceAgentRoutes(app: App, { now }: { readonly now: () => Date }): void {
  app.get(
    "/api/v2/workspaceagents/:agent",
    {
      config: { needs: ["workspace:read on the workspace of {agent} or 404"] },
      schema: {
        operationId: "getWorkspaceAgent",
        summary: "Get a workspace agent",
        tags: ["Workspace agents"],
        params,
        response: { 200: WorkspaceAgent },
      },
    },
    async (request) => agentJson(await getAgent(accessOf(request), AgentId.parse(request.params.agent)), now()),
  );

  logRoute(
    app,
    {
      url: "/api/v2/workspaceagents/:agent/logs",
      needs: ["workspace:read on the workspace of {agent} or 404"],
      operationId: "listWorkspaceAgentLogs",
      summary: "Get an agent's logs, or follow them over a WebSocket with `follow`",
      tags: ["Workspace agents"],
      line: WorkspaceAgentLog,
      leastAfter: 0,
    },
    {
      find: async (access, id) => (await getAgent(access, AgentId.parse(id))).id,
      list: async (access, agent, after) => (await listAgentLogs(access, agent, after)).map(agentLogJson),
      follow: async function* (access, agent, options) {
        for await (const batch of followAgentLogs(access, agent, options)) yield batch.map(agentLogJson);
      },
      recheck: workspaceOfAgent,
      text: ({ created_at, level, output }) => `${created_at} [${level}] ${output}`,
    },
  );
}
