import { expect, test } from "vitest";
import { endJob, openAgentWorld } from "#test/contracts/stored.ts";
import { createBuild } from "../workspaces/create-build.ts";
import { findAgentsOfResources, findWorkspaceOfAgent, isAgentSuperseded } from "./agent-rows.ts";

test("an agent is superseded by the next build from its beginning on, and when its workspace is gone", async () => {
  const { world, access, id, workspace } = await openAgentWorld();
  const { db } = world.core;
  expect(await isAgentSuperseded(db, id)).toBe(false);
  const { job } = await createBuild(access, { workspaceId: workspace.id, transition: "start" });
  expect(await isAgentSuperseded(db, id)).toBe(true);
  await endJob(world, job.id, "failed");
  expect(await isAgentSuperseded(db, id)).toBe(true);
  expect((await findWorkspaceOfAgent(db, id))?.id).toBe(workspace.id);
});

test("and when its workspace is deleted", async () => {
  const { world, id } = await openAgentWorld();
  await world.core.db.updateTable("workspaces").set({ deleted: true }).execute();
  expect(await isAgentSuperseded(world.core.db, id)).toBe(true);
});

test("of no resources there are no agents", async () => {
  const { world } = await openAgentWorld();
  expect(await findAgentsOfResources(world.core.db, [], "whole")).toEqual([]);
});
