import { expect, test } from "vitest";
import { openAgentWorld, storedAgent, storedWorkspace } from "#test/contracts/stored.ts";
import { getAgent } from "./read-agent.ts";
import { reportAppHealths } from "./report-app-healths.ts";

test("an app's health is set, and another agent's app is left alone", async () => {
  const { world, access, id, user, template, workspace } = await openAgentWorld();
  const other = await storedWorkspace(world, { access, ownerId: user.id, template, name: "other" });
  const foreign = await storedAgent(world, { ...other, agent: { apps: [{ slug: "web" }] } });
  const appOf = async (agent: typeof id) => (await getAgent(access, agent)).apps.map((app) => app);
  const ids = [...(await appOf(id)), ...(await appOf(foreign))].map((app) => app.id);
  world.events();
  await reportAppHealths(
    access,
    id,
    ids.map((appId) => ({ appId, health: "unhealthy" })),
  );
  expect([(await appOf(id))[0]?.health, (await appOf(foreign))[0]?.health]).toEqual(["unhealthy", "disabled"]);
  expect(world.events()).toEqual([{ kind: "workspace_changed", workspaceId: workspace.id }]);
});
