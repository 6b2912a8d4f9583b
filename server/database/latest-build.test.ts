import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { createBuild } from "../workspaces/create-build.ts";
import { isLatestBuild } from "./latest-build.ts";

test("of each workspace's builds it is the one with the highest number", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { access, user } = world.owner;
  const make = (name: string) => storedWorkspace(world, { access, ownerId: user.id, template, name });
  const [one, two] = [await make("one"), await make("two")];
  const next = await createBuild(access, { workspaceId: one.workspace.id, transition: "stop" });
  const found = await world.core.db.selectFrom("workspace_builds as build").select("build.id").where(isLatestBuild).execute();
  expect(found.map(({ id }) => id).toSorted()).toEqual([two.build.id, next.id].toSorted());
});
