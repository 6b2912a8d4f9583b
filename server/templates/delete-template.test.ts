import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { ForbiddenError, InUseError, NotFoundError } from "../errors.ts";
import { deleteTemplate } from "./delete-template.ts";
import { getTemplate } from "./read-templates.ts";

test("a deleted template is found no more, and its name is free", async () => {
  const world = await openCommandWorld();
  const { access } = world.owner;
  const { id } = await storedTemplate(world);
  await world.entries();
  await deleteTemplate(access, id);
  await expect(getTemplate(access, id)).rejects.toThrow(NotFoundError);
  await expect(deleteTemplate(access, id)).rejects.toThrow(NotFoundError);
  const [entry, ...others] = await world.entries();
  expect([entry?.action, entry?.diff.name, others]).toEqual(["delete", { old: "dev", secret: false }, []]);
  expect((await storedTemplate(world)).id).not.toBe(id);
});

test("it stays while a workspace uses it, until that is gone", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { access, user } = world.owner;
  await storedWorkspace(world, { access, ownerId: user.id, template });
  await expect(deleteTemplate(access, template.id)).rejects.toThrow(InUseError);
  await world.core.db.updateTable("workspaces").set({ deleted: true }).execute();
  await expect(deleteTemplate(access, template.id)).resolves.toBeUndefined();
});

test("it is refused openly to who may use it", async () => {
  const world = await openCommandWorld();
  const { id } = await storedTemplate(world);
  const { access } = await world.person("milo");
  await expect(deleteTemplate(access, id)).rejects.toThrow(ForbiddenError);
});
