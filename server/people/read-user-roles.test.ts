import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { createOrganization } from "../organizations/create-organization.ts";
import { getUserRoles } from "./read-user-roles.ts";

test("roles are those that were given, and in organizations only where the caller may see members", async () => {
  const { person, owner, organizationId } = await openCommandWorld();
  const lab = await createOrganization(owner.access, { name: "lab", displayName: "Lab" });
  const organizationIds = [organizationId, lab.id];
  const milo = await person("milo", { roles: ["auditor"], memberRoles: ["organization-auditor"], organizationIds });
  const inDefault = { organizationId, roles: ["organization-auditor"] };
  expect(await getUserRoles(owner.access, milo.user.id)).toEqual({
    site: ["auditor"],
    organizations: [inDefault, { organizationId: lab.id, roles: [] }],
  });
});

test("a scope that may not read members leaves the organizations out", async () => {
  const { person, accessOf } = await openCommandWorld();
  const milo = await person("milo", { memberRoles: ["organization-auditor"] });
  const narrow = await accessOf(milo.user.id, { scopes: ["user:read", "user:read_personal"] });
  expect(await getUserRoles(narrow, milo.user.id)).toEqual({ site: [], organizations: [] });
});

test("roles are personal: whoever only sees the user finds none", async () => {
  const { person, owner } = await openCommandWorld();
  const milo = await person("milo");
  await expect(getUserRoles(milo.access, owner.user.id)).rejects.toThrow(NotFoundError);
});
