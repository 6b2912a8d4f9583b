import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { ForbiddenError, NameTakenError, NotFoundError } from "../errors.ts";
import { WorkspaceId } from "../ids.ts";
import { updateWorkspace } from "./update-workspace.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { workspace } = await storedWorkspace(world, { access, ownerId: user.id, template });
  await world.entries();
  world.events();
  return { world, template, user, access, id: workspace.id };
}

test("what is named is changed, entered, and told to who looks at the workspace", async () => {
  const { world, access, id } = await open();
  expect(await updateWorkspace(access, id, { ttl_ms: 60_000, favorite: true })).toMatchObject({
    name: "ws",
    ttl_ms: 60_000,
    favorite: true,
  });
  const [entry] = await world.entries();
  expect([Object.keys(entry?.diff ?? {}).toSorted(), entry?.additional_fields]).toEqual([
    ["favorite", "ttl_ms"],
    { workspace_owner: "milo" },
  ]);
  expect(world.events()).toEqual([{ kind: "workspace_changed", workspaceId: id }]);
});

test("when it was last used changes by itself, and is not entered", async () => {
  const { world, access, id } = await open();
  await updateWorkspace(access, id, { last_used_at: new Date(0) });
  expect(await world.entries()).toEqual([]);
});

test("a name is taken among the owner's, and nobody hears of what failed", async () => {
  const { world, template, user, access, id } = await open();
  await storedWorkspace(world, { access, ownerId: user.id, template, name: "other" });
  world.events();
  await expect(updateWorkspace(access, id, { name: "OTHER" })).rejects.toThrow(NameTakenError);
  expect(world.events()).toEqual([]);
});

test("who may only look is refused openly, and a stranger finds nothing", async () => {
  const { world, user, id } = await open();
  const looking = await world.accessOf(user.id, { scopes: ["workspace:read"] });
  await expect(updateWorkspace(looking, id, { favorite: true })).rejects.toThrow(ForbiddenError);
  const stranger = await world.person("mona");
  await expect(updateWorkspace(stranger.access, id, { favorite: true })).rejects.toThrow(NotFoundError);
  const missing = WorkspaceId.parse("5ca1ab1e-0000-4000-8000-000000000000");
  await expect(updateWorkspace(world.owner.access, missing, { favorite: true })).rejects.toThrow(NotFoundError);
});
