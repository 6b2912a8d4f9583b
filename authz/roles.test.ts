import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import {
  type AuthzObject,
  apiKeyObject,
  fileObject,
  groupObject,
  organizationMemberObject,
  orgRoleObject,
  provisionerDaemonObject,
  provisionerJobObject,
  roleObject,
  templateObject,
  userObject,
  workspaceObject,
} from "#authz/object.ts";
import { type Action, RESOURCE_ACTIONS, RESOURCE_TYPES, type ResourceType } from "#authz/resource-types.ts";
import {
  assignableRoles,
  displayNameOf,
  isOrganizationRole,
  isSiteRole,
  type Memberships,
  mayAssign,
  parseRoleName,
  rolesOf,
} from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { type Subject, SYSTEM, userSubject } from "#authz/subject.ts";
import { ORG, OTHER_ORG, user } from "./subjects.fixture.ts";

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

test("a role that is unknown, or of the other kind, is reported and grants nothing", () => {
  const heard: string[] = [];
  const roles = rolesOf(
    { site: ["organization-admin", "constructor"], organizations: [{ organizationId: ORG, roles: ["owner"], defaultRoles: [] }] },
    (name) => heard.push(name),
  );
  expect(heard).toEqual(["organization-admin", "constructor", `owner:${ORG}`]);
  expect(roles.map((role) => role.name)).toEqual(["member", `organization-member:${ORG}`]);
});

function member(of: Partial<Memberships["organizations"][number]>, isServiceAccount = false, site: readonly string[] = []): Subject {
  const organizations = [{ organizationId: ORG, roles: [], ...of }];
  return userSubject({ id: "ann", roles: rolesOf({ site, isServiceAccount, organizations }, () => {}), groups: [], scope: FULL_SCOPE });
}

function may(who: Subject, action: Action, object: AuthzObject): boolean {
  return decide(who, action, object).kind === "allowed";
}

const own = workspaceObject({ id: "w1", ownerId: "ann", organizationId: ORG });
const foreign = workspaceObject({ id: "w2", ownerId: "bob", organizationId: ORG });
const bob = organizationMemberObject({ userId: "bob", organizationId: ORG });
const group = { ...groupObject({ id: "g", organizationId: ORG }), groupAcl: {} };

for (const { sharing, service, share, adminShares, readsMembers, readsGroups } of [
  { sharing: "everyone", service: false, share: true, adminShares: true, readsMembers: true, readsGroups: true },
  { sharing: "service_accounts", service: false, share: false, adminShares: true, readsMembers: true, readsGroups: false },
  { sharing: "none", service: false, share: false, adminShares: false, readsMembers: false, readsGroups: false },
  { sharing: "everyone", service: true, share: true, adminShares: true, readsMembers: true, readsGroups: true },
  { sharing: "service_accounts", service: true, share: true, adminShares: true, readsMembers: true, readsGroups: true },
  { sharing: "none", service: true, share: false, adminShares: false, readsMembers: false, readsGroups: false },
] as const) {
  test(`where ${sharing} may share, a ${service ? "service account" : "member"} does what that says`, () => {
    const plain = member({ sharing }, service);
    expect(may(plain, "share", own)).toBe(share);
    expect(may(plain, "read", bob)).toBe(readsMembers);
    expect(may(plain, "read", group)).toBe(readsGroups);
    expect(may(plain, "read", organizationMemberObject({ userId: "ann", organizationId: ORG }))).toBe(true);
    expect(may(member({ sharing, roles: ["organization-admin"] }, service), "share", foreign)).toBe(adminShares);
    expect(may(member({ sharing }, service, ["owner"]), "share", foreign)).toBe(true);
  });
}

test("a service account is not also an ordinary member", () => {
  expect(member({}, true).roles.map(({ name }) => name)).toEqual([
    "member",
    `organization-service-account:${ORG}`,
    `organization-workspace-access:${ORG}`,
  ]);
});

test("what the operator switched off is off for the whole deployment", () => {
  const memberships = { site: ["owner"], organizations: [{ organizationId: ORG, roles: [] }] };
  const roles = rolesOf(memberships, () => {}, { ownersMayConnect: false, workspaceSharing: false });
  const owner = userSubject({ id: "eve", roles, groups: [], scope: FULL_SCOPE });
  expect([may(owner, "ssh", foreign), may(owner, "application_connect", foreign), may(owner, "start", foreign)]).toEqual([
    false,
    false,
    true,
  ]);
  expect(may(owner, "share", foreign)).toBe(false);
  expect(may(userSubject({ id: "eve", roles: rolesOf(memberships, () => {}), groups: [], scope: FULL_SCOPE }), "ssh", foreign)).toBe(true);
});

test("the same memberships give the same array, and no two different ones", () => {
  const of = (site: string[], roles: string[] = []) => rolesOf({ site, organizations: [{ organizationId: ORG, roles }] }, () => {});
  expect(of(["auditor"])).toBe(of(["auditor"]));
  expect(of(["auditor"])).not.toBe(of([], ["organization-auditor"]));
  const heard: string[] = [];
  for (let round = 0; round < 2; round++) rolesOf({ site: ["owner,member"], organizations: [] }, (name) => heard.push(name));
  expect(heard).toEqual(["owner,member", "owner,member"]);
});

test("rights to objects outside organizations do not apply inside one, nor the other way around", () => {
  const admin = member({ roles: ["organization-admin", "organization-template-admin"] });
  expect(may(admin, "read", apiKeyObject({ id: "k", userId: "bob" }))).toBe(false);
  expect(may(admin, "read", fileObject({ id: "f", createdBy: "bob" }))).toBe(false);
  const withoutMemberRole = userSubject({ id: "ann", roles: admin.roles.slice(1), groups: [], scope: FULL_SCOPE });
  expect(may(withoutMemberRole, "read", apiKeyObject({ id: "k", userId: "ann" }))).toBe(false);
  expect(may(member({}), "read", provisionerDaemonObject({ id: "d", organizationId: OTHER_ORG }))).toBe(false);
  expect(may(member({}), "create", provisionerDaemonObject({ organizationId: ORG }))).toBe(false);
});

test("every type has actions, and the member role reaches each type that a user can own alone", () => {
  for (const type of RESOURCE_TYPES) expect(RESOURCE_ACTIONS[type].length).toBeGreaterThan(0);
  expect(decide(user("ann"), "create", { type: "api_key", ownerId: "ann" }).kind).toBe("allowed");
});

test("a key's scopes add up, inside its allow list", () => {
  const expansion = effectiveScope(["application_connect"], [{ type: "workspace", id: "w" }]);
  if (expansion.kind === "unknown") throw new Error("expected a scope");
  const subject = user("ann", ["owner"], expansion.scope);
  expect(decide(subject, "application_connect", workspaceObject({ id: "w", ownerId: "ann", organizationId: ORG })).kind).toBe("allowed");
  expect(decide(subject, "read", workspaceObject({ id: "w", ownerId: "ann", organizationId: ORG })).kind).toBe("denied");
  expect(decide(subject, "read", templateObject({ id: "w", organizationId: ORG })).kind).toBe("denied");
  expect(decide(subject, "read", userObject("ann")).kind).toBe("denied");
});

const ORG_ID = "11111111-2222-3333-4444-555555555555";
for (const { text, is } of [
  { text: "owner", is: { kind: "site", name: "owner" } },
  { text: `organization-admin:${ORG_ID}`, is: { kind: "organization", name: "organization-admin", organizationId: ORG_ID } },
  { text: `nonsense:${ORG_ID.toUpperCase()}`, is: { kind: "organization", name: "nonsense", organizationId: ORG_ID } },
  { text: "", is: { kind: "invalid" } },
  { text: `:${ORG_ID}`, is: { kind: "invalid" } },
  { text: "organization-admin:", is: { kind: "invalid" } },
  { text: "organization-admin:default", is: { kind: "invalid" } },
  { text: `organization-admin:${ORG_ID}:x`, is: { kind: "invalid" } },
]) {
  test(`the role name ${JSON.stringify(text)} is ${is.kind}`, () => expect(parseRoleName(text)).toMatchObject(is));
}

test("a role is the site's or an organization's, never both", () => {
  expect(["owner", "member", "organization-admin", "constructor"].map(isSiteRole)).toEqual([true, true, false, false]);
  expect(["organization-admin", "organization-member", "owner"].map(isOrganizationRole)).toEqual([true, true, false]);
});

const SITE = ["auditor", "member", "owner", "template-admin", "user-admin"];
const ORDINARY = ["organization-member", "organization-workspace-access"];
const IN_ORG = [
  "organization-admin",
  "organization-auditor",
  "organization-member",
  "organization-template-admin",
  "organization-user-admin",
  "organization-workspace-access",
  "organization-workspace-creation-ban",
];
for (const { who, subject, site, here, elsewhere } of [
  { who: "an owner", subject: user("ann", ["owner"]), site: SITE, here: IN_ORG, elsewhere: IN_ORG },
  { who: "a user-admin", subject: user("ann", ["user-admin"]), site: ["member"], here: ORDINARY, elsewhere: ORDINARY },
  { who: "an organization's admin", subject: user("ann", [`organization-admin:${ORG}`]), site: [], here: IN_ORG, elsewhere: [] },
  {
    who: "an organization's user-admin",
    subject: user("ann", [`organization-user-admin:${ORG}`]),
    site: [],
    here: ORDINARY,
    elsewhere: [],
  },
  { who: "a template-admin", subject: user("ann", ["template-admin"]), site: [], here: [], elsewhere: [] },
  { who: "a member", subject: user("ann"), site: [], here: [], elsewhere: [] },
  { who: "the server itself", subject: SYSTEM, site: SITE, here: IN_ORG, elsewhere: IN_ORG },
  { who: "an owner's key for workspaces", subject: user("ann", ["owner"], narrowed("workspace:*")), site: [], here: [], elsewhere: [] },
  {
    who: "an owner's key for roles of the site",
    subject: user("ann", ["owner"], narrowed("assign_role:*")),
    site: SITE,
    here: [],
    elsewhere: [],
  },
]) {
  test(`${who} hands out what is listed, and takes it away`, () => {
    for (const action of ["assign", "unassign"] as const) {
      expect([...SITE, ...IN_ORG].filter((role) => mayAssign(subject, role, undefined, action))).toEqual(site);
      expect([...SITE, ...IN_ORG].filter((role) => mayAssign(subject, role, ORG, action))).toEqual(here);
      expect([...SITE, ...IN_ORG].filter((role) => mayAssign(subject, role, OTHER_ORG, action))).toEqual(elsewhere);
    }
  });
}

function narrowed(name: string): typeof FULL_SCOPE {
  const effective = effectiveScope([name], FULL_SCOPE.allowList);
  if (effective.kind === "unknown") throw new Error("expected a scope");
  return effective.scope;
}

test("the roles to choose from have names for people, and none of them is one that everybody has anyway", () => {
  const site = assignableRoles(user("ann", ["owner"]));
  expect(site.map(({ name, displayName, isAssignable }) => [name, displayName, isAssignable])).toEqual([
    ["auditor", "Auditor", true],
    ["owner", "Owner", true],
    ["template-admin", "Template Admin", true],
    ["user-admin", "User Admin", true],
  ]);
  const inOrg = assignableRoles(user("ann", [`organization-user-admin:${ORG}`]), ORG);
  expect(inOrg.filter(({ isAssignable }) => isAssignable).map(({ name }) => name)).toEqual(["organization-workspace-access"]);
  expect(inOrg.map(({ name }) => name)).toEqual(IN_ORG.filter((name) => name !== "organization-member"));
  expect(inOrg.every(({ displayName, organizationId }) => displayName.startsWith("Organization ") && organizationId === ORG)).toBe(true);
  expect(displayNameOf("nonsense")).toBe("nonsense");
});

/** Lists every action on another user's object of each type, for each role: read here, not in the code, what a role grants. */
test("each role may do this to objects that its holder does not own", async () => {
  const objects = RESOURCE_TYPES.map(objectOf);
  const roles = ["owner", "auditor", "template-admin", "user-admin", ...IN_ORG.map((name) => `${name}:${ORG}`)];
  const lines = ["", ...roles].map((role) => {
    const who = user("ann", role === "" ? [] : [role]);
    const base = user("ann");
    const rights = objects.flatMap((object) => {
      const actions: readonly Action[] = RESOURCE_ACTIONS[object.type];
      const allowed = actions.filter((action) => may(who, action, object) && (role === "" || !may(base, action, object)));
      if (allowed.length === 0) return [];
      return `  ${object.type}: ${allowed.length === actions.length ? "all" : allowed.join(" ")}`;
    });
    return [role === "" ? "every member" : `${role.replace(`:${ORG}`, "")}, in addition`, ...rights].join("\n");
  });
  await expect(`${lines.join("\n\n")}\n`).toMatchFileSnapshot("roles.golden.txt");
});

function objectOf(type: ResourceType): AuthzObject {
  switch (type) {
    case "workspace":
      return workspaceObject({ id: "w", ownerId: "bob", organizationId: ORG });
    case "workspace_dormant":
      return workspaceObject({ id: "w", ownerId: "bob", organizationId: ORG, isDormant: true });
    case "template":
      return templateObject({ id: "t", organizationId: ORG });
    case "user":
      return userObject("bob");
    case "api_key":
      return apiKeyObject({ id: "k", userId: "bob" });
    case "file":
      return fileObject({ id: "f", createdBy: "bob" });
    case "organization_member":
      return bob;
    case "group":
      return group;
    case "group_member":
      return { type, id: "bob", ownerId: "bob", organizationId: ORG };
    case "provisioner_jobs":
      return provisionerJobObject({ organizationId: ORG });
    case "provisioner_daemon":
      return provisionerDaemonObject({ id: "d", organizationId: ORG });
    case "assign_role":
      return roleObject();
    case "assign_org_role":
      return orgRoleObject(ORG);
    case "organization":
    case "audit_log":
      return { type, id: ORG, organizationId: ORG };
    default:
      return { type };
  }
}
