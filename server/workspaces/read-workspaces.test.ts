import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { getWorkspace, getWorkspaceByOwnerAndName, listWorkspaces } from "./read-workspaces.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const make = async (name: string) => (await storedWorkspace(world, { access, ownerId: user.id, template, name })).workspace;
  return { world, template, user, access, make, one: await make("one") };
}

test("a workspace is found by who may read it, by its id and by owner and name in any letter case", async () => {
  const { world, user, access, one } = await open();
  expect((await getWorkspace(access, one.id)).name).toBe("one");
  expect((await getWorkspaceByOwnerAndName(world.owner.access, user.id, "ONE")).id).toBe(one.id);
  const stranger = await world.person("mona");
  await expect(getWorkspace(stranger.access, one.id)).rejects.toThrow(NotFoundError);
  await expect(getWorkspaceByOwnerAndName(stranger.access, user.id, "one")).rejects.toThrow(NotFoundError);
});

test("a deleted one is found by its id, and by its name only if that is asked for, the youngest first", async () => {
  const { world, user, access, make, one } = await open();
  const remove = () => world.core.db.updateTable("workspaces").set({ deleted: true }).execute();
  await remove();
  expect((await getWorkspace(access, one.id)).deleted).toBe(true);
  await expect(getWorkspaceByOwnerAndName(access, user.id, "one")).rejects.toThrow(NotFoundError);
  expect((await getWorkspaceByOwnerAndName(access, user.id, "one", true)).id).toBe(one.id);
  world.clock.advance(1_000);
  const again = await make("one");
  expect((await getWorkspaceByOwnerAndName(access, user.id, "one", true)).id).toBe(again.id);
  await remove();
  expect((await getWorkspaceByOwnerAndName(access, user.id, "one", true)).id).toBe(again.id);
});

test("a list is narrowed by every condition, counts the whole, and leaves out what is deleted or hidden", async () => {
  const { world, template, user, access, make } = await open();
  await make("two");
  const found = async (filter: Parameters<typeof listWorkspaces>[1], by = access) => {
    const { workspaces, count } = await listWorkspaces(by, filter);
    return [workspaces.map(({ name }) => name).join(" "), count];
  };
  expect(await found({})).toEqual(["one two", 2]);
  expect(await found({ name: "W" })).toEqual(["two", 1]);
  expect(await found({ exactName: "ONE", ownerId: user.id, templateId: template.id, organizationId: world.organizationId })).toEqual([
    "one",
    1,
  ]);
  expect(await found({ ownerId: world.owner.user.id })).toEqual(["", 0]);
  expect(await found({ limit: 1 })).toEqual(["one", 2]);
  expect(await found({ offset: 1 })).toEqual(["two", 2]);
  expect(await found({}, (await world.person("mona")).access)).toEqual(["", 0]);
  await world.core.db.updateTable("workspaces").set({ deleted: true }).where("name", "=", "two").execute();
  expect(await found({})).toEqual(["one", 1]);
});

test("a dormant one is shown to its owner, and not to whom it was shared with while it was awake", async () => {
  const { world, access, one } = await open();
  const mona = await world.person("mona");
  await world.core.db
    .updateTable("workspaces")
    .set({ user_acl: { [mona.user.id]: ["read"] } })
    .execute();
  expect((await listWorkspaces(mona.access)).count).toBe(1);
  await world.core.db.updateTable("workspaces").set({ dormant_at: world.core.now() }).execute();
  expect([(await listWorkspaces(mona.access)).count, (await listWorkspaces(access)).count]).toEqual([0, 1]);
  await expect(getWorkspace(mona.access, one.id)).rejects.toThrow(NotFoundError);
});
