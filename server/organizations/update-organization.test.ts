import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, InvalidInputError, NameTakenError, NotAllowedError, NotFoundError } from "../errors.ts";
import { createOrganization } from "./create-organization.ts";
import { getOrganization } from "./read-organizations.ts";
import { parseOrganizationPatch, updateOrganization } from "./update-organization.ts";

test("a request changes what it names, and the default organization may keep its name", async () => {
  const { owner, organizationId } = await openCommandWorld();
  const current = await getOrganization(owner.access, organizationId);
  expect(parseOrganizationPatch(current, {})).toEqual({});
  expect(parseOrganizationPatch(current, { name: "default", display_name: "", default_org_member_roles: [] })).toEqual({
    displayName: "",
    defaultMemberRoles: [],
  });
  const all = { name: "lab", display_name: "Lab", description: "ours", icon: "/a.png" };
  expect(parseOrganizationPatch(current, all)).toEqual({ name: "lab", displayName: "Lab", description: "ours", icon: "/a.png" });
  expect(() => parseOrganizationPatch(current, { name: "DEFAULT" })).toThrow(InvalidInputError);
});

describe("updating an organization", () => {
  test("leaves alone what is left out, and is entered with the difference", async () => {
    const { owner, organizationId, entries } = await openCommandWorld();
    const after = await updateOrganization(owner.access, organizationId, { description: "ours", workspaceSharing: "none" });
    expect(after).toMatchObject({ name: "default", display_name: "Default", description: "ours", workspace_sharing: "none", icon: "" });
    expect((await entries()).map(({ diff }) => Object.keys(diff).toSorted())).toEqual([["description", "workspace_sharing"]]);
    const named = await updateOrganization(owner.access, organizationId, { icon: "/a.png", displayName: "Ours" });
    expect(named).toMatchObject({ icon: "/a.png", display_name: "Ours", description: "ours" });
  });

  test("is refused openly to its members, and hidden from others", async () => {
    const { owner, person, organizationId } = await openCommandWorld();
    const milo = await person("milo");
    const lab = await createOrganization(owner.access, { name: "lab", displayName: "Lab" });
    await expect(updateOrganization(milo.access, organizationId, { description: "mine" })).rejects.toThrow(ForbiddenError);
    await expect(updateOrganization(milo.access, lab.id, { description: "mine" })).rejects.toThrow(NotFoundError);
    await expect(updateOrganization(owner.access, lab.id, { name: "Default" })).rejects.toThrow(NameTakenError);
  });

  test("gives its members no role that is not the caller's to give, and takes none away", async () => {
    const { owner, person, organizationId, accessOf } = await openCommandWorld();
    const admin = await person("ada", { memberRoles: ["organization-admin"] });
    const given = await updateOrganization(admin.access, organizationId, { defaultMemberRoles: ["organization-auditor"] });
    expect(given.default_member_roles).toEqual(["organization-auditor"]);
    const narrow = await accessOf(owner.user.id, { scopes: ["organization:read", "organization:update"] });
    await expect(updateOrganization(narrow, organizationId, { defaultMemberRoles: [] })).rejects.toThrow(ForbiddenError);
    await updateOrganization(narrow, organizationId, { defaultMemberRoles: ["organization-auditor"], description: "the same roles" });
    await expect(updateOrganization(admin.access, organizationId, { defaultMemberRoles: ["king"] })).rejects.toThrow(InvalidInputError);
  });

  test("by who manages members only does not make everybody an administrator", async () => {
    const { person, organizationId, owner } = await openCommandWorld();
    const una = await person("una", { roles: ["user-admin"] });
    const attempt = updateOrganization(una.access, organizationId, { defaultMemberRoles: ["organization-admin"] });
    await expect(attempt).rejects.toSatisfy((error) => error instanceof NotAllowedError || error instanceof ForbiddenError);
    expect((await getOrganization(owner.access, organizationId)).default_member_roles).toEqual(["organization-workspace-access"]);
  });
});
