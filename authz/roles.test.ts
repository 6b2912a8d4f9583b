import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import { templateObject, userObject, workspaceObject } from "#authz/object.ts";
import { RESOURCE_ACTIONS, RESOURCE_TYPES } from "#authz/resource-types.ts";
import { rolesOf } from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { userSubject } from "#authz/subject.ts";
import { ORG, user } from "./subjects.fixture.ts";

test("everybody is a member, each role counts once", () => {
  const roles = rolesOf(
    { site: ["owner", "member", "owner"], organizations: [{ organizationId: ORG, roles: ["organization-admin"] }] },
    () => {},
  );
  expect(roles.map((role) => role.name)).toEqual([
    "member",
    "owner",
    `organization-member:${ORG}`,
    `organization-workspace-access:${ORG}`,
    `organization-admin:${ORG}`,
  ]);
});

test("a role that is unknown, or of the other kind, is heard of and gives nothing", () => {
  const heard: string[] = [];
  const roles = rolesOf(
    { site: ["organization-admin", "constructor"], organizations: [{ organizationId: ORG, roles: ["owner"], defaultRoles: [] }] },
    (name) => heard.push(name),
  );
  expect(heard).toEqual(["organization-admin", "constructor", `owner:${ORG}`]);
  expect(roles.map((role) => role.name)).toEqual(["member", `organization-member:${ORG}`]);
});

test("sharing workspaces is as the organization has it", () => {
  const may = (sharing: "none" | "everyone" | "service_accounts", ownerId: string) => {
    const roles = rolesOf({ site: [], organizations: [{ organizationId: ORG, roles: ["organization-admin"], sharing }] }, () => {});
    const subject = userSubject({ id: "ann", roles, groups: [], scope: FULL_SCOPE });
    return decide(subject, "share", workspaceObject({ id: "w", ownerId, organizationId: ORG })).kind === "allowed";
  };
  expect([may("everyone", "ann"), may("everyone", "bob")]).toEqual([true, true]);
  expect([may("none", "ann"), may("none", "bob")]).toEqual([false, false]);
  expect(may("service_accounts", "bob")).toBe(true);
});

test("every type has actions, and the member role reaches each type that a user can own alone", () => {
  for (const type of RESOURCE_TYPES) expect(RESOURCE_ACTIONS[type].length).toBeGreaterThan(0);
  expect(decide(user("ann"), "create", { type: "api_key", ownerId: "ann" }).kind).toBe("allowed");
});

for (const { names, kind } of [
  { names: ["all"], kind: "known" },
  { names: ["coder:all"], kind: "known" },
  { names: [], kind: "unknown" },
  { names: ["coder:all", "nonsense"], kind: "unknown" },
  { names: ["no_user_data"], kind: "unknown" },
  { names: ["*"], kind: "unknown" },
]) {
  test(`a key with scopes [${names}] is ${kind}`, () => expect(effectiveScope(names, FULL_SCOPE.allowList).kind).toBe(kind));
}

test("a key's scopes add up, inside its allow list", () => {
  const expansion = effectiveScope(["application_connect"], [{ type: "workspace", id: "w" }]);
  if (expansion.kind === "unknown") throw new Error("expected a scope");
  const subject = user("ann", ["owner"], expansion.scope);
  expect(decide(subject, "application_connect", workspaceObject({ id: "w", ownerId: "ann", organizationId: ORG })).kind).toBe("allowed");
  expect(decide(subject, "read", workspaceObject({ id: "w", ownerId: "ann", organizationId: ORG })).kind).toBe("denied");
  expect(decide(subject, "read", templateObject({ id: "w", organizationId: ORG })).kind).toBe("denied");
  expect(decide(subject, "read", userObject("ann")).kind).toBe("denied");
});
