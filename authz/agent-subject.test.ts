import fc from "fast-check";
import { expect, test } from "vitest";
import { agentSubject } from "#authz/agent-subject.ts";
import { decide } from "#authz/decide.ts";
import {
  type AuthzObject,
  apiKeyObject,
  fileObject,
  organizationObject,
  templateObject,
  userObject,
  workspaceObject,
} from "#authz/object.ts";
import { type Action, RESOURCE_ACTIONS, RESOURCE_TYPES, type ResourceType } from "#authz/resource-types.ts";
import { FULL_SCOPE, type Scope } from "#authz/scope.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { type Subject, userSubject } from "#authz/subject.ts";
import { scope } from "./arbitraries.fixture.ts";
import { AGENT_DUTIES, type Entitlement } from "./entitlement.ts";
import { isAllowedByTheRules } from "./reference-decision.fixture.ts";
import { ORG, user } from "./subjects.fixture.ts";

const templateVersionId = "v1";

const FULL: Entitlement = { kind: "full" };
const IDS = { agentId: "a1", workspaceId: "w1", templateId: "t1", templateVersionId };

function agent(apiKeyScope: string, roles: readonly string[] = [], heard: string[] = []): Subject {
  return agentSubject({ ...IDS, owner: user("ann", roles), apiKeyScope, entitlement: FULL }, (value) => heard.push(value));
}

function agentOf(entitlement: Entitlement, apiKeyScope = "all", roles: readonly string[] = ["owner"]): Subject {
  return agentSubject({ ...IDS, owner: user("ann", roles), apiKeyScope, entitlement }, () => expect.fail("the scope is known"));
}

const workspace = (id: string) => workspaceObject({ id, ownerId: "ann", organizationId: ORG });
const CASES: readonly [what: string, Action, AuthzObject, all: boolean, noUserData: boolean][] = [
  ["update the own workspace", "update", workspace("w1"), true, true],
  ["read the own workspace", "read", workspace("w1"), true, true],
  ["read another workspace of its owner", "read", workspace("w2"), false, false],
  ["make a workspace", "create", workspaceObject({ ownerId: "ann", organizationId: ORG }), false, false],
  ["read its owner's record", "read", userObject("ann"), true, false],
  ["read its owner's Git SSH key and external-auth links", "read_personal", userObject("ann"), true, false],
  ["read another user's Git SSH key", "read_personal", userObject("bob"), false, false],
  ["read its template", "read", templateObject({ id: "t1", organizationId: ORG }), true, true],
  ["read another template", "read", templateObject({ id: "t2", organizationId: ORG }), false, false],
  ["mint a token", "create", apiKeyObject({ userId: "ann" }), false, false],
  ["read its owner's files", "read", fileObject({ id: "f", createdBy: "ann" }), false, false],
  ["read its organization", "read", organizationObject(ORG), false, false],
];
for (const [what, action, object, all, noUserData] of CASES) {
  // An owner of the deployment has the widest roles there are, so whatever is refused here is refused by the scope.
  test(`an agent may ${what}: ${all ? "yes" : "no"}, with no_user_data: ${noUserData ? "yes" : "no"}`, () => {
    expect(decide(agent("all", ["owner"]), action, object).kind).toBe(all ? "allowed" : "denied");
    expect(decide(agent("no_user_data", ["owner"]), action, object).kind).toBe(noUserData ? "allowed" : "denied");
  });
}

test("a denial of the key says that the scope refused", () => {
  expect(decide(agent("no_user_data"), "read_personal", userObject("ann"))).toMatchObject({
    reason: { refusedBy: [{ by: "scope", names: ["no_user_data"] }] },
  });
});

const question = fc
  .constantFrom(...RESOURCE_TYPES)
  .chain((type) => fc.tuple(fc.constant<ResourceType>(type), fc.constantFrom<Action[]>(...RESOURCE_ACTIONS[type])));
const where = fc.record(
  {
    id: fc.constantFrom("w1", "t1", "v1", "ann", "bob", "x"),
    ownerId: fc.constantFrom("ann", "bob"),
    organizationId: fc.constantFrom(ORG, "", "o"),
  },
  { requiredKeys: [] },
);
const held = fc.subarray(["owner", "auditor", "template-admin", "user-admin", `organization-admin:${ORG}`]);

test("an unknown scope is reported, and gives exactly what no_user_data gives", () => {
  fc.assert(
    fc.property(fc.string(), held, question, where, (value, roles, [type, action], object) => {
      fc.pre(value !== "all" && value !== "no_user_data");
      const heard: string[] = [];
      const unknown = decide(agent(value, roles, heard), action, { ...object, type });
      expect(heard).toEqual([value]);
      expect(unknown).toEqual(decide(agent("no_user_data", roles), action, { ...object, type }));
    }),
  );
});

for (const value of ["ALL", "all ", "", "__proto__", "constructor", "default", "coder:all"]) {
  test(`${JSON.stringify(value)} is not a scope that reads keys`, () =>
    expect(decide(agent(value, ["owner"]), "read_personal", userObject("ann")).kind).toBe("denied"));
}

test("an agent may do nothing that its owner may not, and no_user_data nothing that all may not", () => {
  fc.assert(
    fc.property(held, question, where, (roles, [type, action], object) => {
      const allowed = (subject: Subject): boolean => decide(subject, action, { ...object, type }).kind === "allowed";
      const [owner, all, least] = [allowed(user("ann", roles)), allowed(agent("all", roles)), allowed(agent("no_user_data", roles))];
      return (!all || owner) && (!least || (all && type !== "user"));
    }),
    { numRuns: 2_000 },
  );
});

test("an agent without one of its ids gets no subject", () => {
  const identity = { ...IDS, owner: user("ann"), apiKeyScope: "all", entitlement: FULL };
  for (const missing of ["workspaceId", "templateId", "templateVersionId"])
    for (const id of ["", "*"]) expect(() => agentSubject({ ...identity, [missing]: id }, () => {})).toThrow(RangeError);
  expect(() => agentSubject({ ...identity, owner: user("") }, () => {})).toThrow(RangeError);
});

function granted(name: string): Scope {
  const effective = effectiveScope([name], [{ type: "workspace", id: "w9" }]);
  if (effective.kind === "unknown") throw new Error(`unknown scope ${name}`);
  return effective.scope;
}

for (const { entitlement, may } of [
  { entitlement: { kind: "none" }, may: ["read", "update_agent"] },
  { entitlement: { kind: "limited", scopes: [] }, may: ["read", "update_agent"] },
  { entitlement: { kind: "limited", scopes: [granted("workspace:*")] }, may: ["read", "update_agent"] },
  {
    entitlement: { kind: "limited", scopes: [{ ...granted("workspace:stop"), allowList: [{ type: "workspace", id: "w1" }] }] },
    may: ["read", "stop", "update_agent"],
  },
  { entitlement: { kind: "limited", scopes: [FULL_SCOPE, granted("workspace:stop")] }, may: ["read", "update_agent"] },
] satisfies { entitlement: Entitlement; may: string[] }[]) {
  test(`an agent whose build was entitled to ${JSON.stringify(entitlement)} does its duties, and only what was granted besides`, () => {
    const subject = agentOf(entitlement);
    const actions = RESOURCE_ACTIONS.workspace.filter((action) => decide(subject, action, workspace("w1")).kind === "allowed");
    expect(actions).toEqual(may);
    expect(decide(subject, "read", workspace("w9")).kind).toBe("denied");
    expect(decide(subject, "read_personal", userObject("ann")).kind).toBe("denied");
  });
}

test("a granted right to the owner's personal data is the agent's too, unless its own scope is the narrow one", () => {
  const scopes = [{ ...granted("user:read_personal"), allowList: [{ type: "user", id: "ann" }] }] as const;
  expect(decide(agentOf({ kind: "limited", scopes }), "read_personal", userObject("ann")).kind).toBe("allowed");
  expect(decide(agentOf({ kind: "limited", scopes }, "no_user_data"), "read_personal", userObject("ann")).kind).toBe("denied");
});

const often = fc.oneof(question, fc.constantFrom<[ResourceType, Action][]>(["workspace", "read"], ["workspace", "stop"]));

test("an agent may what it might with a full entitlement, if each grant allows it or it is a duty", () => {
  let [duties, grants] = [0, 0];
  fc.assert(
    fc.property(held, often, where, fc.array(scope, { maxLength: 3 }), fc.boolean(), (roles, [type, action], object, scopes, isNarrow) => {
      const of = (entitlement: Entitlement): Subject => agentOf(entitlement, isNarrow ? "no_user_data" : "all", roles);
      const allowed = (subject: Subject): boolean => decide(subject, action, { ...object, type }).kind === "allowed";
      const full = allowed(of(FULL));
      const isDuty = AGENT_DUTIES.some((duty) => duty.type === type && duty.action === action);
      const everybody = { name: "all", site: FULL_SCOPE.permissions, user: [], byOrganization: new Map() };
      const isGranted =
        scopes.length > 0 &&
        scopes.every((one) =>
          isAllowedByTheRules(userSubject({ id: "", roles: [everybody], groups: [], scope: one }), action, { ...object, type }),
        );
      const isAllowed = allowed(of({ kind: "limited", scopes }));
      if (isAllowed) isDuty ? duties++ : grants++;
      // A random grant may forbid a duty, which no grant of a key can: there, the duty only may not give more.
      const isForbidden = scopes.some((one) => one.permissions.some(({ negate }) => negate === true));
      if (isDuty && isForbidden) return !isAllowed || full;
      expect(allowed(of({ kind: "none" }))).toBe(full && isDuty);
      return isAllowed === (full && (isDuty || isGranted));
    }),
    { numRuns: 10_000 },
  );
  expect(Math.min(duties, grants)).toBeGreaterThan(20);
});
