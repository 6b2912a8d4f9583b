import { expect, test } from "vitest";
import { assignableRoles } from "#authz/roles.ts";
import { ORG, user } from "#authz/subjects.fixture.ts";
import { assignableRoleJson, slimRoleJson } from "./json.ts";

test("a role has a name for people, and one that nobody knows any more its own", () => {
  expect(slimRoleJson("user-admin")).toEqual({ name: "user-admin", display_name: expect.stringMatching(/^[A-Z]/) });
  expect(slimRoleJson("king", "org")).toEqual({ name: "king", display_name: "king", organization_id: "org" });
});

test("a role is shown with what it allows and forbids, and whether the caller may give it", () => {
  const [ban] = assignableRoles(user("ann", [`organization-admin:${ORG}`]), ORG).filter(({ name }) => name.endsWith("creation-ban"));
  if (ban === undefined) throw new Error("there is no such role");
  const { organization_permissions, organization_member_permissions, ...rest } = assignableRoleJson(ban);
  expect([...organization_permissions, ...organization_member_permissions]).toContainEqual({
    negate: true,
    resource_type: "workspace",
    action: "create",
  });
  expect(rest).toMatchObject({ name: ban.name, organization_id: ORG, assignable: true, built_in: true, site_permissions: [] });
});
