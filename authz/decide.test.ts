import fc from "fast-check";
import { expect, test } from "vitest";
import { ALLOW_ALL, type AllowEntry } from "#authz/allow-list.ts";
import { authorize, decide, isCarried } from "#authz/decide.ts";
import { ForbiddenError } from "#authz/forbidden-error.ts";
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
import { never, on, type Permission, type Vote } from "#authz/permission.ts";
import { type Action, RESOURCE_ACTIONS, RESOURCE_TYPES, type ResourceType } from "#authz/resource-types.ts";
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

test("any organization asks for the best one", () => {
  const subject = user("ann", [`organization-template-admin:${ORG}`]);
  expect(may(subject, "create", { type: "template", anyOrganization: true })).toBe(true);
  expect(may(user("ann"), "create", { type: "template", anyOrganization: true })).toBe(false);
  expect(may(user("ann"), "create", { type: "workspace", ownerId: "ann", anyOrganization: true })).toBe(true);
  expect(() => decide(subject, "create", { type: "template", organizationId: ORG, anyOrganization: true })).toThrow(RangeError);
});

test("nothing without an owner belongs to a subject without an id", () => {
  const nobody = userSubject({ id: "", roles: user("ann").roles, groups: [], scope: FULL_SCOPE });
  expect(may(nobody, "read", { type: "file", ownerId: "" })).toBe(false);
  expect(may(nobody, "read", { type: "file" })).toBe(false);
  expect(may(SYSTEM, "read", apiKeyObject({ userId: "ann" }))).toBe(true);
});

test("an action that a type does not have is a programming error, not a yes", () => {
  const unknown: { type: ResourceType } = { type: "file" };
  expect(() => decide(user("ann", ["owner"]), "ssh", unknown)).toThrow(RangeError);
});

test("a refusal says all that stands in the way, and nothing of it in a word to callers", () => {
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
  expect(() => authorize(user("ann"), "read", userObject("bob"))).toThrow(ForbiddenError);
  expect(() => authorize(user("ann"), "read", userObject("bob"))).toThrow("may not read user bob: no role or share allows it");
  expect(authorize(user("ann"), "read", userObject("ann"))).toBeUndefined();
});

const type = fc.constantFrom(...RESOURCE_TYPES);
const anyAction: fc.Arbitrary<Action> = fc.constantFrom(...new Set(Object.values(RESOURCE_ACTIONS).flat()));
const question = type.chain((type) => fc.tuple(fc.constant(type), fc.constantFrom<Action[]>(...RESOURCE_ACTIONS[type])));
const permission: fc.Arbitrary<Permission> = fc
  .record({ type: fc.oneof(type, fc.constant("*" as const)), action: fc.oneof(anyAction, fc.constant("*" as const)), negate: fc.boolean() })
  .map(({ negate, ...rest }) => (negate ? { ...rest, negate } : rest));
const permissions = fc.array(permission, { maxLength: 6 });
const id = fc.constantFrom("ann", "bob", "g1", ORG, OTHER_ORG, "");
const organization = fc.constantFrom(ORG, OTHER_ORG);
const role: fc.Arbitrary<Role> = fc
  .record({
    site: permissions,
    user: permissions,
    orgs: fc.dictionary(organization, fc.record({ org: permissions, member: permissions }), { maxKeys: 2 }),
  })
  .map(({ site, user, orgs }) => ({ name: "any", site, user, byOrganization: new Map(Object.entries(orgs)) }));
const entry: fc.Arbitrary<AllowEntry> = fc.record({ type: fc.oneof(type, fc.constant("*" as const)), id: fc.oneof(id, fc.constant("*")) });
const scope: fc.Arbitrary<Scope> = fc.record({
  names: fc.constant(["any"]),
  permissions,
  allowList: fc.array(entry, { maxLength: 4 }),
  defaults: fc.constant([]),
});
const subject = fc.record({ id, roles: fc.array(role, { maxLength: 3 }), groups: fc.array(id, { maxLength: 2 }), scope }).map(userSubject);
const actions = fc.array(fc.oneof(anyAction, fc.constant("*")), { maxLength: 2 });
const placed = fc.record(
  {
    id,
    ownerId: id,
    organizationId: fc.constantFrom(ORG, OTHER_ORG, ""),
    userAcl: fc.dictionary(id, actions),
    groupAcl: fc.dictionary(id, actions),
  },
  { requiredKeys: [] },
);

function ask(who: Subject, [type, action]: readonly [ResourceType, Action], where: Omit<AuthzObject, "type">): boolean {
  return may(who, action, { ...where, type });
}

test("narrowing a scope never adds anything", () => {
  fc.assert(
    fc.property(subject, question, placed, fc.array(fc.boolean()), (who, what, where, keep) => {
      const kept = <T>(list: readonly T[]): T[] => list.filter((_, index) => keep[index] ?? true);
      const { allowList, permissions } = who.scope;
      const bans = permissions.filter((permission) => permission.negate);
      const grants = kept(permissions.filter((permission) => !permission.negate));
      const narrowed = userSubject({ ...who, scope: { ...who.scope, permissions: [...bans, ...grants], allowList: kept(allowList) } });
      return !ask(narrowed, what, where) || ask(who, what, where);
    }),
    { numRuns: 2_000 },
  );
});

test("no scope gives what the roles and shares do not", () => {
  fc.assert(
    fc.property(subject, question, placed, (who, what, where) => {
      return !ask(who, what, where) || ask(userSubject({ ...who, scope: FULL_SCOPE }), what, where);
    }),
    { numRuns: 2_000 },
  );
});

test("a negative permission more, in roles or scope, never adds anything", () => {
  fc.assert(
    fc.property(
      subject,
      question,
      placed,
      permission,
      fc.constantFrom("site", "user", "org", "member", "scope"),
      (who, what, where, ban, at) => {
        const bans: Permission[] = [{ ...ban, negate: true }];
        const both = (level: keyof OrganizationPermissions) => ({ org: [], member: [], [level]: bans });
        const known = new Set(who.roles.flatMap((held) => [...held.byOrganization.keys()]));
        const extra: Role = {
          name: "ban",
          site: at === "site" ? bans : [],
          user: at === "user" ? bans : [],
          byOrganization: new Map(at === "org" || at === "member" ? [...known].map((org) => [org, both(at)]) : []),
        };
        const banned = userSubject({
          ...who,
          roles: [...who.roles, extra],
          scope: at === "scope" ? { ...who.scope, permissions: [...who.scope.permissions, ...bans] } : who.scope,
        });
        return !ask(banned, what, where) || ask(who, what, where);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("the order of roles and permissions does not matter", () => {
  fc.assert(
    fc.property(subject, question, placed, (who, what, where) => {
      const reversed = who.roles.toReversed().map((held) => ({ ...held, site: held.site.toReversed(), user: held.user.toReversed() }));
      return ask(who, what, where) === ask(userSubject({ ...who, roles: reversed }), what, where);
    }),
  );
});

test("an empty allow list admits nothing, and the full one refuses nothing", () => {
  fc.assert(
    fc.property(subject, question, placed, (who, what, where) => {
      const wide = userSubject({ ...who, scope: { ...FULL_SCOPE, allowList: ALLOW_ALL } });
      const decision = decide(wide, what[1], { ...where, type: what[0] });
      const onlyRoles = decision.kind === "allowed" || decision.reason.refusedBy.every((refusal) => refusal.by === "role");
      return onlyRoles && !ask(userSubject({ ...who, scope: { ...FULL_SCOPE, allowList: [] } }), what, where);
    }),
  );
});

function roleIn(organizationId: string, lists: OrganizationPermissions): Role {
  return { name: "test", site: [], user: [], byOrganization: new Map([[organizationId, lists]]) };
}
