/** What an agent can name: nothing but itself. Other agents, children of agents and users' secrets have no route and no call. */
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { AGENT_TOKEN } from "#proto/call-metadata.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import { createClient } from "#proto/grpc.ts";
import { playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { call, openServerWorld } from "#test/server/server-world.ts";
import { unusedRoutes } from "../features.ts";
import { describeRoutes } from "../http/described-routes.ts";

test("every route for agents is about the agent whose token was shown", async () => {
  const routes = (await describeRoutes(unusedRoutes())).filter(({ audience }) => audience === "agents");
  expect(routes.length).toBeGreaterThan(3);
  for (const { path } of routes) {
    expect(path).toMatch(/^\/api\/v2\/workspaceagents\/me\//);
    expect(path, "nothing else is named").not.toContain("{");
  }
});

test("the calls that make, list and delete children of agents are not served", async () => {
  await using world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const template = await makeTemplate(world, daemon, { name: "main" });
  const { workspace, agents } = await startWorkspace(world, daemon, template, ["all", "no_user_data"]);
  const [other] = workspace.latest_build.resources.flatMap((resource) => resource.agents ?? []);
  const client = createClient(Agent, new URL(world.url).host, ChannelCredentials.createInsecure());
  onTestFinished(() => client.close());
  const metadata = new Metadata();
  metadata.set(AGENT_TOKEN, agents[1]?.token ?? "");
  const options = { metadata, timeoutMs: 10_000 };
  const unimplemented = expect.objectContaining({ code: "UNIMPLEMENTED" });
  await expect(client.createSubAgent({ name: "child" }, options)).rejects.toEqual(unimplemented);
  await expect(client.listSubAgents({}, options)).rejects.toEqual(unimplemented);
  const id = Buffer.from(other?.id.replaceAll("-", "") ?? "", "hex");
  await expect(client.deleteSubAgent({ id }, options)).rejects.toEqual(unimplemented);
  expect((await world.client.getWorkspace(workspace.id)).latest_build.resources.flatMap((resource) => resource.agents ?? [])).toHaveLength(
    2,
  );
});

test("an agent's token opens no route for users: another agent's, a workspace's, a key's", async () => {
  await using world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const template = await makeTemplate(world, daemon, { name: "main" });
  const { workspace, agents } = await startWorkspace(world, daemon, template, ["all", "no_user_data"]);
  const [other] = workspace.latest_build.resources.flatMap((resource) => resource.agents ?? []);
  for (const { token } of agents)
    for (const [method, path] of [
      ["GET", `/api/v2/workspaceagents/${other?.id}`],
      ["GET", `/api/v2/workspaceagents/${other?.id}/logs`],
      ["DELETE", `/api/v2/workspaceagents/${other?.id}`],
      ["DELETE", `/api/v2/workspaceagents/me/ai-sandboxes/${other?.id}`],
      ["POST", `/api/v2/workspaces/${workspace.id}/builds`],
      ["POST", "/api/v2/users/me/keys/tokens"],
      ["GET", "/api/v2/users/me/secrets"],
    ] as const) {
      const answer = await call(world.url, method, path, method === "POST" ? {} : undefined, { "Coder-Session-Token": token });
      expect([method, path, answer.status]).toEqual([method, path, answer.status === 404 ? 404 : 401]);
    }
});
