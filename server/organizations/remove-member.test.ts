import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { ForbiddenError, InUseError, InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import { getMember } from "./read-members.ts";
import { removeMember } from "./remove-member.ts";

test("a member is gone, and the entry says what it was", async () => {
  const { owner, person, organizationId, entries } = await openCommandWorld();
  const { id } = (await person("milo", { memberRoles: ["organization-auditor"] })).user;
  await entries();
  await removeMember(owner.access, organizationId, id);
  await expect(getMember(owner.access, organizationId, id)).rejects.toThrow(NotFoundError);
  await expect(removeMember(owner.access, organizationId, id)).rejects.toThrow(NotFoundError);
  const [entry, ...others] = await entries();
  expect([entry?.action, entry?.diff.roles, others]).toMatchObject(["delete", { old: ["organization-auditor"] }, []]);
});

test("a member who owns a workspace there stays until it is gone", async () => {
  const world = await openCommandWorld();
  const milo = await world.person("milo");
  await storedWorkspace(world, { ...milo, ownerId: milo.user.id, template: await storedTemplate(world) });
  const remove = () => removeMember(world.owner.access, world.organizationId, milo.user.id);
  await expect(remove()).rejects.toThrow(InUseError);
  await world.core.db.updateTable("workspaces").set({ deleted: true }).execute();
  await expect(remove()).resolves.toBeUndefined();
});

test("nobody removes themselves, or a member with a role that is not theirs to take", async () => {
  const { owner, person, organizationId } = await openCommandWorld();
  const manager = await person("mona", { memberRoles: ["organization-user-admin"] });
  const admin = await person("ada", { memberRoles: ["organization-admin"] });
  await expect(removeMember(owner.access, organizationId, owner.user.id)).rejects.toThrow(InvalidInputError);
  await expect(removeMember(manager.access, organizationId, admin.user.id)).rejects.toThrow(NotAllowedError);
});

test("a member who may only see members is refused openly, and one who may not finds nobody", async () => {
  const { owner, person, organizationId } = await openCommandWorld();
  const auditor = await person("audrey", { memberRoles: ["organization-auditor"] });
  await expect(removeMember(auditor.access, organizationId, owner.user.id)).rejects.toThrow(ForbiddenError);
  const stranger = await person("milo", { organizationIds: [] });
  await expect(removeMember(stranger.access, organizationId, owner.user.id)).rejects.toThrow(NotFoundError);
});
