import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { AgentId } from "../ids.ts";
import { getAgent, getManifest, workspaceOfAgent } from "./read-agent.ts";

test("an agent is read with all that hangs off it, and a manifest says whose it is", async () => {
  const { access, id, workspace } = await openAgentWorld({ devcontainers: [{ name: "box", workspaceFolder: "/w" }] });
  const agent = await getAgent(access, id);
  expect(agent).toMatchObject({ name: "main", apps: [{ slug: "web" }], metadata: [{ key: "load" }] });
  expect(agent.scripts.map(({ display_name }) => display_name)).toEqual(["Start", "Dev Container (box)"]);
  expect(agent).not.toHaveProperty("auth_token_hash");
  const manifest = await getManifest(access, id);
  expect(manifest).toMatchObject({ owner_username: "milo", workspace: { id: workspace.id }, devcontainers: [{ name: "box" }] });
  expect((await workspaceOfAgent(access, id)).id).toBe(workspace.id);
});

test("an agent is as hidden as its workspace, and one of a template's import is nobody's", async () => {
  const { world, id, template, access } = await openAgentWorld();
  const mona = (await world.person("mona")).access;
  const missing = AgentId.parse("5ca1ab1e-0000-4000-8000-000000000000");
  for (const read of [getAgent, getManifest, workspaceOfAgent]) {
    await expect(read(mona, id)).rejects.toThrow(NotFoundError);
    await expect(read(access, missing)).rejects.toThrow(NotFoundError);
  }
  const { db } = world.core;
  const version = await db
    .selectFrom("template_versions")
    .select("job_id")
    .where("id", "=", template.active_version_id)
    .executeTakeFirstOrThrow();
  await db.updateTable("workspace_resources").set({ job_id: version.job_id }).execute();
  await expect(getAgent(world.owner.access, id)).rejects.toThrow(NotFoundError);
});
