import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { ForbiddenError, InvalidInputError, NotAllowedError, NotFoundError, OwnsWorkspacesError } from "../errors.ts";
import { deleteUser } from "./delete-user.ts";

test("a deleted user takes along its keys, its memberships and what is personal, and frees its name", async () => {
  const { person, owner, keyHolder, core, entries } = await openCommandWorld();
  const milo = await person("milo");
  await keyHolder(milo.user.id);
  await entries();
  await deleteUser(owner.access, milo.user.id);
  for (const table of ["api_keys", "organization_members", "git_ssh_keys"] as const)
    expect(await core.db.selectFrom(table).select("user_id").where("user_id", "=", milo.user.id).execute(), table).toEqual([]);
  const row = await core.db.selectFrom("users").selectAll().where("id", "=", milo.user.id).executeTakeFirst();
  expect(row).toMatchObject({ deleted: true, hashed_password: "" });
  expect((await entries()).map(({ action, resource_target }) => `${action} ${resource_target}`)).toEqual(["delete milo"]);
  expect((await person("milo")).user.id).not.toBe(milo.user.id);
});

test("of keys that a deleted user's tokens left with others each has an entry", async () => {
  const { person, owner, keyHolder, entries } = await openCommandWorld();
  const milo = await person("milo");
  const { key } = await keyHolder(milo.user.id);
  const left = await keyHolder(owner.user.id, { mintedBy: key.id });
  await entries();
  await deleteUser(owner.access, milo.user.id);
  expect(await entries()).toMatchObject([
    { action: "delete", resource_type: "api_key", additional_fields: { key_id: left.key.id, ended_with_user: milo.user.id } },
    { action: "delete", resource_type: "user" },
  ]);
});

test("who owns a workspace stays until it is gone", async () => {
  const world = await openCommandWorld();
  const milo = await world.person("milo");
  const template = await storedTemplate(world);
  await storedWorkspace(world, { ...milo, ownerId: milo.user.id, template });
  await expect(deleteUser(world.owner.access, milo.user.id)).rejects.toThrow(OwnsWorkspacesError);
  await world.core.db.updateTable("workspaces").set({ deleted: true }).execute();
  await expect(deleteUser(world.owner.access, milo.user.id)).resolves.toBeUndefined();
});

test("nobody deletes themselves, a stranger, or an owner without being one", async () => {
  const { person, owner } = await openCommandWorld();
  const [milo, una] = [await person("milo"), await person("una", { roles: ["user-admin"] })];
  await expect(deleteUser(owner.access, owner.user.id)).rejects.toThrow(NotAllowedError);
  await expect(deleteUser(milo.access, milo.user.id)).rejects.toThrow(ForbiddenError);
  await expect(deleteUser(milo.access, una.user.id)).rejects.toThrow(NotFoundError);
  await expect(deleteUser(una.access, owner.user.id)).rejects.toThrow(NotAllowedError);
});

test("an owner goes as long as another one stays", async () => {
  const { person, owner, system } = await openCommandWorld();
  const other = await person("otto", { roles: ["owner"] });
  await deleteUser(other.access, owner.user.id);
  await expect(deleteUser(system, other.user.id)).rejects.toThrow(InvalidInputError);
});
