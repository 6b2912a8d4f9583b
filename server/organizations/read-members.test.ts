import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { OrganizationId } from "../ids.ts";
import { createOrganization } from "./create-organization.ts";
import { getMember, listMembers, listPossibleOwners } from "./read-members.ts";
import { setMemberRoles } from "./set-member-roles.ts";
import { updateOrganization } from "./update-organization.ts";

test("a list narrows by text and by user, and counts the whole of it", async () => {
  const { owner, person, organizationId } = await openCommandWorld();
  const [milo] = [await person("milo"), await person("mona")];
  const names = async (filter: Parameters<typeof listMembers>[2]) => {
    const { members, count } = await listMembers(owner.access, organizationId, filter);
    return [members.map(({ username }) => username).join(" "), count];
  };
  expect(await names({})).toEqual(["milo mona olive", 3]);
  expect(await names({ search: "MI" })).toEqual(["milo", 1]);
  expect(await names({ userId: milo.user.id })).toEqual(["milo", 1]);
  expect(await names({ limit: 1, offset: 1 })).toEqual(["mona", 3]);
  expect(await names({ isNobody: true })).toEqual(["", 0]);
});

test("an organization that is hidden or missing has no list, and a hidden member is missing", async () => {
  const { owner, person, organizationId } = await openCommandWorld();
  const milo = await person("milo");
  const lab = await createOrganization(owner.access, { name: "lab", displayName: "Lab" });
  for (const id of [lab.id, OrganizationId.parse("5ca1ab1e-0000-4000-8000-000000000000")]) {
    await expect(listMembers(milo.access, id)).rejects.toThrow(NotFoundError);
    await expect(listPossibleOwners(milo.access, id)).rejects.toThrow(NotFoundError);
    await expect(getMember(milo.access, id, owner.user.id)).rejects.toThrow(NotFoundError);
  }
  await expect(listMembers(owner.access, OrganizationId.parse("5ca1ab1e-0000-4000-8000-000000000000"))).rejects.toThrow(NotFoundError);
  expect(await getMember(milo.access, organizationId, owner.user.id)).toMatchObject({ username: "olive", global_roles: ["owner"] });
});

test("members do not see each other where workspaces are not shared", async () => {
  const { owner, person, organizationId, accessOf } = await openCommandWorld();
  const milo = await person("milo");
  expect((await listMembers(milo.access, organizationId)).count).toBe(2);
  await updateOrganization(owner.access, organizationId, { workspaceSharing: "none" });
  const now = await accessOf(milo.user.id);
  expect((await listMembers(now, organizationId)).members.map(({ username }) => username)).toEqual(["milo"]);
  await expect(getMember(now, organizationId, owner.user.id)).rejects.toThrow(NotFoundError);
});

test("possible owners are those for whom the caller may make a workspace", async () => {
  const { owner, person, organizationId, accessOf } = await openCommandWorld();
  const milo = await person("milo");
  const owners = async (access = milo.access) => (await listPossibleOwners(access, organizationId)).map(({ username }) => username);
  expect([await owners(), await owners(owner.access)]).toEqual([["milo"], ["milo", "olive"]]);
  await setMemberRoles(owner.access, organizationId, milo.user.id, ["organization-workspace-creation-ban"]);
  expect(await owners(await accessOf(milo.user.id))).toEqual([]);
});
