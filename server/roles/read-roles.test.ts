import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { OrganizationId } from "../ids.ts";
import { listOrganizationRoles, listSiteRoles } from "./read-roles.ts";

test("everybody sees which roles there are, and which of them are theirs to give", async () => {
  const { owner, person, organizationId } = await openCommandWorld();
  const milo = await person("milo");
  const givable = (roles: readonly { readonly name: string; readonly isAssignable: boolean }[]) =>
    roles.filter(({ isAssignable }) => isAssignable).map(({ name }) => name);
  expect((await listSiteRoles(milo.access)).map(({ name }) => name)).toEqual(["auditor", "owner", "template-admin", "user-admin"]);
  expect([givable(await listSiteRoles(milo.access)), givable(await listSiteRoles(owner.access))]).toEqual([
    [],
    ["auditor", "owner", "template-admin", "user-admin"],
  ]);
  const admin = await person("ada", { memberRoles: ["organization-admin"] });
  expect(givable(await listOrganizationRoles(admin.access, organizationId))).toContain("organization-admin");
  expect(givable(await listOrganizationRoles(milo.access, organizationId))).toEqual([]);
});

test("a scope without the right to look is refused openly, and an organization that is hidden is missing", async () => {
  const { owner, organizationId, accessOf, person } = await openCommandWorld();
  const narrow = await accessOf(owner.user.id, { scopes: ["organization:read"] });
  await expect(listSiteRoles(narrow)).rejects.toThrow(ForbiddenError);
  await expect(listOrganizationRoles(narrow, organizationId)).rejects.toThrow(ForbiddenError);
  const stranger = await person("milo", { organizationIds: [] });
  for (const id of [organizationId, OrganizationId.parse("5ca1ab1e-0000-4000-8000-000000000000")])
    await expect(listOrganizationRoles(stranger.access, id)).rejects.toThrow(NotFoundError);
});
