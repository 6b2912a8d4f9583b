import { Type } from "typebox";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import { WorkspaceAgent, WorkspaceAgentLog } from "#sdk/workspace-agents.ts";
import { userOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { sendFrames } from "../http/socket.ts";
import { AgentId } from "../ids.ts";
import { refuseFollow } from "../provisioning/job-log-route.ts";
import { agentJson, agentLogJson } from "../resources/agent-json.ts";
import type { RouteDeps } from "../route-deps.ts";

const params = Type.Object({ agent: Uuid });
const LogQuery = Type.Object({
  after: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Present, whatever its value: a websocket. */
  follow: Type.Optional(Type.String()),
  format: Type.Optional(Type.Enum(["json", "text"])),
});

/** Agents, as their users see them. */
export function workspaceAgentRoutes(app: App, { store, now }: RouteDeps): void {
  app.get(
    "/api/v2/workspaceagents/:agent",
    {
      config: { needs: ["workspace:read on the workspace of {agent} or 404"] },
      schema: {
        operationId: "getWorkspaceAgent",
        summary: "An agent",
        tags: ["Workspace agents"],
        params,
        response: { 200: WorkspaceAgent },
      },
    },
    async (request) => agentJson(await store.as(userOf(request).subject).agents.get(AgentId.parse(request.params.agent)), now()),
  );

  app.route({
    method: "GET",
    url: "/api/v2/workspaceagents/:agent/logs",
    config: { needs: ["workspace:read on the workspace of {agent} or 404"] },
    schema: {
      operationId: "listWorkspaceAgentLogs",
      summary: "What an agent has logged; as a websocket with `follow`",
      tags: ["Workspace agents"],
      produces: ["application/json", "text/plain"],
      params,
      querystring: LogQuery,
      response: { 200: Type.Union([Type.Array(WorkspaceAgentLog), Type.String()]), 426: Response },
    },
    // Refusals come before the upgrade.
    preHandler: async (request) => {
      await store.as(userOf(request).subject).agents.get(AgentId.parse(request.params.agent));
    },
    handler: async (request, reply) => {
      const { after = 0, follow, format = "json" } = request.query;
      refuseFollow(follow, format, reply);
      const logs = await store.as(userOf(request).subject).agents.logs(AgentId.parse(request.params.agent), after);
      if (format === "json") return logs.map(agentLogJson);
      const text = logs.map((log) => `${log.created_at.toISOString()} [${log.level}] ${log.output}\n`).join("");
      return reply.type("text/plain; charset=utf-8").send(text);
    },
    wsHandler: async (socket, request) => {
      const { agent, after } = followed(request);
      const { subject, renew } = userOf(request);
      const { agents } = store.as(subject);
      const recheck = async (): Promise<void> => void (await store.as(await renew()).agents.workspaceOf(agent));
      await sendFrames(socket, request, async function* (signal) {
        for await (const batch of agents.followLogs(agent, { after, signal, recheck })) yield batch.map(agentLogJson);
      });
    },
  });
}

/** Fastify types a websocket's request without its schemas, though it has checked it against them. */
function followed(request: { readonly params: unknown; readonly query: unknown }): { agent: AgentId; after: number } {
  const read = (of: unknown, key: string): unknown => Object.getOwnPropertyDescriptor(of, key)?.value;
  return { agent: AgentId.parse(String(read(request.params, "agent"))), after: Number(read(request.query, "after") ?? 0) };
}
