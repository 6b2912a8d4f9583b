import { expect, test } from "vitest";
import { formatSecret, hashSecret } from "#credentials/secret.ts";
import { endJob, openAgentWorld } from "#test/contracts/stored.ts";
import { createBuild } from "../workspaces/create-build.ts";
import { findLiveAgent } from "./live-agent-rows.ts";

async function open() {
  const token = formatSecret("agent");
  const agent = await openAgentWorld({ auth: { case: "token", value: token } });
  return { ...agent, find: () => findLiveAgent(agent.world.core.db, hashSecret(token)) };
}

test("an agent of the latest build, a start that succeeded, is live, and comes without any secret", async () => {
  const { find, id, workspace, build } = await open();
  const found = await find();
  expect(found).toMatchObject({ agent: { id }, workspace: { id: workspace.id }, build: { id: build.id } });
  for (const secret of ["auth_token_hash", "agent_token_secret"])
    expect({ ...found?.agent, ...found?.build }, secret).not.toHaveProperty(secret);
});

test("it is not from the moment when the next build begins, whatever becomes of that", async () => {
  const { find, access, workspace, world } = await open();
  const { job } = await createBuild(access, { workspaceId: workspace.id, transition: "stop" });
  expect(await find()).toBeUndefined();
  await endJob(world, job.id, "no money");
  expect(await find()).toBeUndefined();
});

test("nor while its build runs, when it failed, was no start, or the workspace is gone", async () => {
  const { find, world } = await open();
  const { db } = world.core;
  const builds = db.updateTable("workspace_builds");
  await builds.set({ transition: "stop" }).execute();
  expect(await find()).toBeUndefined();
  await builds.set({ transition: "start" }).execute();
  expect(await find()).toBeDefined();
  for (const set of [{ completed_at: null }, { completed_at: new Date(0), error: "failed" }]) {
    await db.updateTable("provisioner_jobs").set(set).where("type", "=", "workspace_build").execute();
    expect(await find(), JSON.stringify(set)).toBeUndefined();
  }
  await db.updateTable("provisioner_jobs").set({ error: null }).execute();
  expect(await find()).toBeDefined();
  await db.updateTable("workspaces").set({ deleted: true }).execute();
  expect(await find()).toBeUndefined();
});
