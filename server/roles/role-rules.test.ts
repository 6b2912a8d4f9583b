import { expect, test } from "vitest";
import { ORG, user } from "#authz/subjects.fixture.ts";
import { InvalidInputError, NotAllowedError } from "../errors.ts";
import { OrganizationId } from "../ids.ts";
import { changeOfRoles, knownOrganizationRoles, knownSiteRoles, protectOwner, requireAuthorityOver } from "./role-rules.ts";

test("a change of roles is what was added and what was removed", () => {
  expect(changeOfRoles(["auditor", "owner"], ["owner", "user-admin"])).toEqual({ added: ["user-admin"], removed: ["auditor"] });
  expect(changeOfRoles(["owner"], ["owner"])).toEqual({ added: [], removed: [] });
});

test("roles that everybody has are not stored, and no role is stored twice", () => {
  expect(knownSiteRoles(["member", "auditor", "auditor"])).toEqual(["auditor"]);
  expect(knownOrganizationRoles(["organization-member", "organization-admin", "organization-admin"], "roles")).toEqual([
    "organization-admin",
  ]);
});

test("a role that does not exist is refused by its name", () => {
  const detail = 'There is no site role "king".';
  expect(() => knownSiteRoles(["auditor", "king"])).toThrow(expect.objectContaining({ fields: [{ field: "roles", detail }] }));
  for (const name of ["owner", "organization-service-account"])
    expect(() => knownOrganizationRoles([name], "default_org_member_roles")).toThrow(InvalidInputError);
});

for (const { who, roles, role, action, isAllowed } of [
  { who: "an owner", roles: ["owner"], role: "owner", action: "assign", isAllowed: true },
  { who: "an owner", roles: ["owner"], role: "of an older program", action: "unassign", isAllowed: true },
  { who: "a user admin", roles: ["user-admin"], role: "member", action: "assign", isAllowed: true },
  { who: "a user admin", roles: ["user-admin"], role: "auditor", action: "assign", isAllowed: false },
  { who: "a member", roles: [], role: "member", action: "assign", isAllowed: false },
] as const) {
  test(`${who} ${isAllowed ? "may" : "may not"} ${action} the role ${role}`, () => {
    const asked = () => requireAuthorityOver(user("ann", roles), role, undefined, action);
    if (isAllowed) asked();
    else expect(asked).toThrow(NotAllowedError);
  });
}

test("an organization's admin hands out roles there and nowhere else", () => {
  const organizationId = OrganizationId.parse("6f7c1a52-2f9c-4d4e-8e39-0f5b1f8a2f11");
  const admin = user("ann", [`organization-admin:${ORG}`]);
  expect(() => requireAuthorityOver(admin, "organization-auditor", organizationId, "assign")).toThrow(NotAllowedError);
  expect(() => requireAuthorityOver(admin, "auditor", undefined, "assign")).toThrow(NotAllowedError);
});

test("only an owner may touch an owner's account", () => {
  protectOwner(user("ann", ["owner"]), { rbac_roles: ["owner"] });
  protectOwner(user("ann", ["user-admin"]), { rbac_roles: ["auditor"] });
  expect(() => protectOwner(user("ann", ["user-admin"]), { rbac_roles: ["owner"] })).toThrow(NotAllowedError);
});
