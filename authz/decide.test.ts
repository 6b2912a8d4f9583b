import { expect, test } from "vitest";
import { authorize, decide, isCarried } from "#authz/decide.ts";
import { DeniedError } from "#authz/denied-error.ts";
import {
  type AuthzObject,
  apiKeyObject,
  fileObject,
  groupObject,
  organizationObject,
  provisionerJobObject,
  templateObject,
  userObject,
  workspaceObject,
} from "#authz/object.ts";
import { never, on, type Vote } from "#authz/permission.ts";
import { filter, matches } from "#authz/predicate.ts";
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { OrganizationPermissions, Role } from "#authz/role.ts";
import { FULL_SCOPE, type Scope } from "#authz/scope.ts";
import { type Subject, SYSTEM, userSubject } from "#authz/subject.ts";
import { ORG, OTHER_ORG, user } from "./subjects.fixture.ts";

const own = workspaceObject({ id: "w1", ownerId: "ann", organizationId: ORG });
const foreign = workspaceObject({ id: "w2", ownerId: "bob", organizationId: ORG });
const elsewhere = workspaceObject({ id: "w3", ownerId: "ann", organizationId: OTHER_ORG });
const dormant = workspaceObject({ id: "w4", ownerId: "bob", organizationId: ORG, isDormant: true });
const template = templateObject({ id: "t1", organizationId: ORG });

function may(subject: Subject, action: Action, object: AuthzObject): boolean {
  return decide(subject, action, object).kind === "allowed";
}

const CASES: readonly [who: string, roles: readonly string[], action: Action, what: AuthzObject, isAllowed: boolean][] = [
  ["member starts an own workspace", [], "start", own, true],
  ["member reads another's workspace", [], "read", foreign, false],
  ["member uses an own workspace of an organization that was left", [], "read", elsewhere, false],
  ["member reads the own user record", [], "read", userObject("ann"), true],
  ["member reads the own Git SSH key", [], "read_personal", userObject("ann"), true],
  ["member reads another's Git SSH key", [], "read_personal", userObject("bob"), false],
  ["member makes users", [], "create", userObject("ann"), false],
  ["member makes an own API key", [], "create", apiKeyObject({ userId: "ann" }), true],
  ["member makes another's API key", [], "create", apiKeyObject({ userId: "bob" }), false],
  ["member reads the organization", [], "read", organizationObject(ORG), true],
  ["member reads another organization", [], "read", organizationObject(OTHER_ORG), false],
  ["member reads a template that nobody shared", [], "read", template, false],
  ["member reads an own file", [], "read", fileObject({ id: "f", createdBy: "ann" }), true],
  ["member reads jobs", [], "read", provisionerJobObject({ organizationId: ORG }), false],
  ["owner deletes another's workspace", ["owner"], "delete", foreign, true],
  ["owner starts a dormant workspace", ["owner"], "start", dormant, false],
  ["owner makes a workspace despite the ban", ["owner", `organization-workspace-creation-ban:${ORG}`], "create", own, true],
  ["banned member makes an own workspace", [`organization-workspace-creation-ban:${ORG}`], "create", own, false],
  ["banned member reads an own workspace", [`organization-workspace-creation-ban:${ORG}`], "read", own, true],
  [
    "banned organization admin makes a workspace",
    [`organization-admin:${ORG}`, `organization-workspace-creation-ban:${ORG}`],
    "create",
    foreign,
    false,
  ],
  ["organization admin deletes another's workspace", [`organization-admin:${ORG}`], "delete", foreign, true],
  ["organization admin opens a shell in another's workspace", [`organization-admin:${ORG}`], "ssh", foreign, false],
  ["organization admin touches members' API keys", [`organization-admin:${ORG}`], "read", apiKeyObject({ userId: "bob" }), false],
  [
    "organization admin works in another organization",
    [`organization-admin:${ORG}`],
    "read",
    templateObject({ id: "t", organizationId: OTHER_ORG }),
    false,
  ],
  ["auditor reads templates", ["auditor"], "read", template, true],
  ["auditor changes templates", ["auditor"], "update", template, false],
  ["auditor reads workspaces", ["auditor"], "read", foreign, false],
  ["template admin changes templates", ["template-admin"], "update", template, true],
  ["template admin reads personal data", ["template-admin"], "read_personal", userObject("bob"), false],
  ["user admin changes users", ["user-admin"], "update", userObject("bob"), true],
  ["user admin changes templates", ["user-admin"], "update", template, false],
];

for (const [name, roles, action, object, isAllowed] of CASES) {
  test(`${name}: ${isAllowed ? "yes" : "no"}`, () => expect(may(user("ann", roles), action, object)).toBe(isAllowed));
}

for (const { site = 0, user = 0, org = 0, member = 0, isAllowed } of [
  { isAllowed: false },
  { site: 1, org: -1, isAllowed: true },
  { site: 1, user: -1, member: -1, isAllowed: true },
  { site: -1, org: 1, isAllowed: false },
  { site: -1, user: 1, isAllowed: false },
  { user: 1, isAllowed: true },
  { user: -1, isAllowed: false },
  { org: 1, member: -1, isAllowed: true },
  { org: -1, member: 1, isAllowed: false },
  { member: 1, isAllowed: true },
] satisfies { site?: Vote; user?: Vote; org?: Vote; member?: Vote; isAllowed: boolean }[]) {
  test(`votes ${site}, ${user}, ${org}, ${member} are ${isAllowed ? "enough" : "not enough"}`, () =>
    expect(isCarried(site, user, org, member)).toBe(isAllowed));
}

test("one negative permission outvotes any number of positive ones at its level", () => {
  const banned = roleIn(ORG, { org: [...on("template"), ...never("template", "update")], member: on("template") });
  const subject = userSubject({ id: "ann", roles: [banned, banned], groups: [], scope: FULL_SCOPE });
  expect(may(subject, "update", template)).toBe(false);
  expect(may(subject, "read", template)).toBe(true);
});

test("user permissions do not reach into organizations", () => {
  const role: Role = {
    name: "hoarder",
    site: [],
    user: [{ type: "*", action: "*" }],
    byOrganization: new Map([[ORG, { org: [], member: [] }]]),
  };
  const subject = userSubject({ id: "ann", roles: [role], groups: [], scope: FULL_SCOPE });
  expect(may(subject, "read", own)).toBe(false);
  expect(may(subject, "read", fileObject({ id: "f", createdBy: "ann" }))).toBe(true);
  expect(
    may(subject, "read", { ...fileObject({ id: "f", createdBy: "ann" }), organizationId: "00000000-0000-0000-0000-000000000000" }),
  ).toBe(true);
});

test("shares are for members, and no negative permission takes them back", () => {
  const shared = { ...foreign, userAcl: { ann: ["read"] }, groupAcl: { g1: ["*"], [ORG]: ["ssh"] } };
  expect(may(user("ann"), "read", shared)).toBe(true);
  expect(may(user("ann"), "ssh", shared)).toBe(true);
  expect(may(user("ann"), "start", shared)).toBe(false);
  expect(may(user("eve", [], FULL_SCOPE, ["g1"]), "start", shared)).toBe(true);
  expect(may(user("ann"), "read", { ...shared, organizationId: OTHER_ORG })).toBe(false);
  const banned = user("ann", [`organization-workspace-creation-ban:${ORG}`]);
  expect(may(banned, "delete", { ...shared, userAcl: { ann: ["delete"] } })).toBe(true);
  expect(may(user("constructor"), "read", { ...foreign, userAcl: {} })).toBe(false);
});

test("everyone shares: the group with the organization's id is every member", () => {
  const open = { ...template, groupAcl: { [ORG]: ["read", "use"] } };
  expect(may(user("ann"), "use", open)).toBe(true);
  expect(may(user("ann"), "update", open)).toBe(false);
  expect(may(user("eve", [], FULL_SCOPE, ["g"]), "read", groupObject({ id: "g", organizationId: ORG }))).toBe(true);
});

test("anyOrganization asks about the organization that allows the most", () => {
  const subject = user("ann", [`organization-template-admin:${ORG}`]);
  expect(may(subject, "create", { type: "template", anyOrganization: true })).toBe(true);
  expect(may(user("ann"), "create", { type: "template", anyOrganization: true })).toBe(false);
  expect(may(user("ann"), "create", { type: "workspace", ownerId: "ann", anyOrganization: true })).toBe(true);
  expect(() => decide(subject, "create", { type: "template", organizationId: ORG, anyOrganization: true })).toThrow(RangeError);
});

test("with anyOrganization, a ban applies only if it is in all organizations; in lists it always applies", () => {
  const banned = roleIn(ORG, { org: never("workspace", "delete"), member: on("workspace") });
  const free = roleIn(OTHER_ORG, { org: [], member: on("workspace") });
  const anywhere: AuthzObject = { type: "workspace", ownerId: "ann", anyOrganization: true };
  const holder = (...roles: Role[]): Subject => userSubject({ id: "ann", roles, groups: [], scope: FULL_SCOPE });
  expect([may(holder(banned), "delete", anywhere), may(holder(banned), "start", anywhere)]).toEqual([false, true]);
  expect(may(holder(banned, free), "delete", anywhere)).toBe(true);
  for (const [object, isAllowed] of [
    [own, false],
    [elsewhere, true],
  ] as const) {
    expect(may(holder(banned, free), "delete", object)).toBe(isAllowed);
    expect(matches(filter(holder(banned, free), "delete", "workspace"), object)).toBe(isAllowed);
  }
});

test("a subject without an id does not own objects without an owner", () => {
  const nobody = userSubject({ id: "", roles: user("ann").roles, groups: [], scope: FULL_SCOPE });
  expect(may(nobody, "read", { type: "file", ownerId: "" })).toBe(false);
  expect(may(nobody, "read", { type: "file" })).toBe(false);
  expect(may(SYSTEM, "read", apiKeyObject({ userId: "ann" }))).toBe(true);
});

test("an action that a type does not have is a programming error, not a yes", () => {
  const unknown: { type: ResourceType } = { type: "file" };
  expect(() => decide(user("ann", ["owner"]), "ssh", unknown)).toThrow(RangeError);
});

test("a refusal names everything that stands in the way, and callers see nothing of it", () => {
  const scope: Scope = {
    names: ["coder:application_connect"],
    permissions: on("workspace", "application_connect"),
    allowList: [],
    defaults: [],
  };
  const decision = decide(user("ann", [], scope), "read_personal", userObject("bob"));
  expect(decision).toMatchObject({
    kind: "denied",
    reason: {
      action: "read_personal",
      type: "user",
      id: "bob",
      refusedBy: [{ by: "role" }, { by: "scope", names: scope.names }, { by: "allow_list" }],
    },
  });
  expect(() => authorize(user("ann"), "read", userObject("bob"))).toThrow(DeniedError);
  expect(() => authorize(user("ann"), "read", userObject("bob"))).toThrow("may not read user bob: no role or share allows it");
  expect(authorize(user("ann"), "read", userObject("ann"))).toBeUndefined();
});

function roleIn(organizationId: string, lists: OrganizationPermissions): Role {
  return { name: "test", site: [], user: [], byOrganization: new Map([[organizationId, lists]]) };
}
