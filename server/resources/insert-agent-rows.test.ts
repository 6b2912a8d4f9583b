import { describe, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { endJob, openAgentWorld, storedAgent, storedWorkspace } from "#test/contracts/stored.ts";
import { getAgent } from "../agents/read-agent.ts";
import { AgentId } from "../ids.ts";
import { createBuild } from "../workspaces/create-build.ts";

const INVALID = { name: "InvalidCompletionError" };
const APP = "11111111-0000-4000-8000-000000000001";

test("an agent is stored with its own, in order, and what is empty is nothing", async () => {
  const { access, id } = await openAgentWorld({
    extraEnvs: [{ name: "A", value: "1" }],
    env: { B: "2" },
    displayApps: { vscode: true, webTerminal: true },
    auth: { case: "instanceId", value: "i-1" },
    scripts: [{ displayName: "Second" }, { displayName: "First" }],
  });
  expect(await getAgent(access, id)).toMatchObject({
    environment_variables: { A: "1", B: "2" },
    display_apps: ["vscode", "web_terminal"],
    auth_instance_id: "i-1",
    scripts: [{ display_name: "Second" }, { display_name: "First" }],
    apps: [{ slug: "web", url: null, command: null, health: "initializing" }],
  });
});

describe("an app", () => {
  test("keeps its id from build to build, and moves to the new agent", async () => {
    const { world, access, workspace, id } = await openAgentWorld({ apps: [{ slug: "web", id: APP }] });
    const build = await createBuild(access, { workspaceId: workspace.id, transition: "start" });
    await endJob(world, build.job.id);
    const next = await storedAgent(world, { build, workspace, agent: { apps: [{ slug: "renamed", id: APP }] } });
    expect([(await getAgent(access, id)).apps, (await getAgent(access, next)).apps]).toMatchObject([[], [{ id: APP, slug: "renamed" }]]);
  });

  test("is not taken over by another workspace, and its id is a UUID or none", async () => {
    const { world, access, user, template, id } = await openAgentWorld({ apps: [{ slug: "web", id: APP }] });
    const other = await storedWorkspace(world, { access, ownerId: user.id, template, name: "other" });
    for (const app of [APP, "app-1"])
      await expect(storedAgent(world, { ...other, agent: { apps: [{ slug: "web", id: app }] } }), app).rejects.toMatchObject(INVALID);
    expect((await getAgent(access, id)).apps).toMatchObject([{ id: APP }]);
    const made = await storedAgent(world, { ...other, agent: { apps: [{ slug: "web", id: "00000000-0000-0000-0000-000000000000" }] } });
    expect((await getAgent(access, made)).apps[0]?.id).not.toMatch(/^00000000/);
  });
});

test("a token is one agent's for good", async () => {
  const value = formatSecret("agent");
  const { world, access, user, template } = await openAgentWorld({ auth: { case: "token", value } });
  const other = await storedWorkspace(world, { access, ownerId: user.id, template, name: "other" });
  await expect(storedAgent(world, { ...other, agent: { auth: { case: "token", value } } })).rejects.toMatchObject(INVALID);
});

test("a dev container that has something to run gets an agent of its own, with no token, and what its parent may do", async () => {
  const { world, access, id } = await openAgentWorld({
    apiKeyScope: "no_user_data",
    devcontainers: [
      { name: "bare", workspaceFolder: "/bare" },
      { name: "box", workspaceFolder: "/box", scripts: [{ displayName: "Inside" }], envs: [{ name: "A", value: "1" }] },
    ],
  });
  const containers = await world.core.db.selectFrom("workspace_agent_devcontainers").selectAll().orderBy("name").execute();
  expect(containers.map(({ name, subagent_id }) => [name, subagent_id === null])).toEqual([
    ["bare", true],
    ["box", false],
  ]);
  const inside = await getAgent(access, AgentId.parse(containers[1]?.subagent_id ?? ""));
  expect(inside).toMatchObject({
    parent_id: id,
    name: "box",
    directory: "/box",
    api_key_scope: "no_user_data",
    environment_variables: { A: "1" },
  });
  const row = await world.core.db.selectFrom("workspace_agents").select("auth_token_hash").where("id", "=", inside.id).executeTakeFirst();
  expect([row, inside.scripts.map(({ display_name }) => display_name)]).toEqual([{ auth_token_hash: null }, ["Inside"]]);
});
