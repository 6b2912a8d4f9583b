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
import type { Subject } from "#authz/subject.ts";
import { ORG, user } from "./subjects.fixture.ts";

const templateVersionId = "v1";

function agent(apiKeyScope: string, roles: readonly string[] = [], heard: string[] = []): Subject {
  return agentSubject(
    { agentId: "a1", owner: user("ann", roles), workspaceId: "w1", templateId: "t1", templateVersionId, apiKeyScope },
    (value) => heard.push(value),
  );
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
  const identity = { agentId: "a1", owner: user("ann"), workspaceId: "w1", templateId: "t1", templateVersionId, apiKeyScope: "all" };
  for (const missing of ["workspaceId", "templateId", "templateVersionId"])
    for (const id of ["", "*"]) expect(() => agentSubject({ ...identity, [missing]: id }, () => {})).toThrow(RangeError);
  expect(() => agentSubject({ ...identity, owner: user("") }, () => {})).toThrow(RangeError);
});
