import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { endJob, storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { createBuild } from "./create-build.ts";
import { getBuild, getBuildByNumber, getLatestBuild, latestBuildsOf, listBuildParameters, listBuilds } from "./read-builds.ts";

/** A workspace of Milo's with three builds, the last of which waits. */
async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { workspace, build: first } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const second = await createBuild(access, { workspaceId: workspace.id, transition: "stop" });
  await endJob(world, second.job.id);
  const third = await createBuild(access, { workspaceId: workspace.id, transition: "start" });
  return { world, access, id: workspace.id, first, second, third };
}

test("a build is found by its id, its number, and as the latest", async () => {
  const { access, id, first, second, third } = await open();
  expect(await getBuild(access, second.id)).toMatchObject({ build_number: 2, workspace_name: "ws", job: { job_status: "succeeded" } });
  expect((await getBuildByNumber(access, id, 1)).id).toBe(first.id);
  expect((await getLatestBuild(access, id)).id).toBe(third.id);
  await expect(getBuildByNumber(access, id, 4)).rejects.toThrow(NotFoundError);
});

test("a list begins with the newest, in pages", async () => {
  const { access, id, first, second } = await open();
  const numbers = async (page: Parameters<typeof listBuilds>[2]) =>
    (await listBuilds(access, id, page)).map(({ build_number }) => build_number);
  expect(await numbers({})).toEqual([3, 2, 1]);
  expect(await numbers({ limit: 1, offset: 1 })).toEqual([2]);
  expect(await numbers({ afterId: second.id })).toEqual([1]);
  expect(await numbers({ afterId: first.id })).toEqual([]);
});

test("a build of another workspace is no place in the list", async () => {
  const { world, id, second } = await open();
  const { access, user } = world.owner;
  const template = await storedTemplate(world, { name: "other" });
  const { build } = await storedWorkspace(world, { access, ownerId: user.id, template });
  await expect(listBuilds(access, id, { afterId: build.id })).rejects.toThrow(InvalidInputError);
  await expect(listBuilds(access, id, { afterId: second.id })).resolves.toHaveLength(1);
});

test("of many workspaces the latest builds are those that the caller may see", async () => {
  const { world, access, id, third } = await open();
  const { user, access: owner } = world.owner;
  const template = await storedTemplate(world, { name: "other" });
  const { workspace } = await storedWorkspace(world, { access: owner, ownerId: user.id, template });
  const ids = [id, workspace.id];
  expect([...(await latestBuildsOf(access, ids)).entries()].map(([key, build]) => [key, build.id])).toEqual([[id, third.id]]);
  expect((await latestBuildsOf(owner, ids)).size).toBe(2);
  expect((await latestBuildsOf(owner, [])).size).toBe(0);
});

test("a stranger finds none of them", async () => {
  const { world, id, first } = await open();
  const { access } = await world.person("mona");
  for (const read of [
    () => getBuild(access, first.id),
    () => getBuildByNumber(access, id, 1),
    () => getLatestBuild(access, id),
    () => listBuildParameters(access, first.id),
  ])
    await expect(read()).rejects.toThrow(NotFoundError);
  expect(await listBuilds(access, id)).toEqual([]);
});
