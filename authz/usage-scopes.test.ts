import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAllowList } from "#authz/allow-list.ts";
import { decide } from "#authz/decide.ts";
import { RESOURCE_ACTIONS, RESOURCE_TYPES } from "#authz/resource-types.ts";
import { CATALOG, effectiveScope, PUBLIC_SCOPES, permissionsOfScope } from "#authz/scope-catalog.ts";
import { SYSTEM, userSubject } from "#authz/subject.ts";
import { smallestScopesFor, type UsedAction } from "#authz/usage-scopes.ts";
import { question } from "./arbitraries.fixture.ts";

const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const W = uuid(1);

/** Parses `type:action` texts; none has an id. */
function used(...names: string[]): UsedAction[] {
  const pairs = RESOURCE_TYPES.flatMap((type) => RESOURCE_ACTIONS[type].map((action) => ({ type, action, ids: [] })));
  return pairs.filter(({ type, action }) => names.includes(`${type}:${action}`));
}

for (const { what, scopes } of [
  { what: [], scopes: [] },
  { what: ["workspace:read"], scopes: ["workspace:read"] },
  { what: ["workspace:read", "workspace:ssh", "template:read"], scopes: ["template:read", "workspace:read", "workspace:ssh"] },
  { what: ["organization_member:read"], scopes: ["coder:workspaces.access"] },
  { what: ["organization_member:read", "workspace:delete"], scopes: ["coder:workspaces.delete"] },
  { what: ["organization_member:read", "workspace:read", "workspace:start", "workspace:stop"], scopes: ["coder:workspaces.operate"] },
  {
    what: ["organization_member:read", "workspace:create", "user:read"],
    scopes: ["coder:workspaces.access", "user:read", "workspace:create"],
  },
  {
    what: ["organization_member:read", "template:use", "workspace:create", "workspace:start", "workspace:update"],
    scopes: ["coder:workspaces.create"],
  },
  { what: ["api_key:create", "api_key:delete", "api_key:read", "api_key:update"], scopes: ["coder:apikeys.manage_self"] },
  { what: ["template:view_insights"], scopes: ["coder:templates.author"] },
  { what: ["workspace:share"], scopes: ["workspace:*"] },
  { what: ["workspace:application_connect"], scopes: ["workspace:application_connect"] },
  { what: ["user:create", "user:read"], scopes: ["user:*"] },
  { what: ["workspace:read", "group:read"], scopes: ["coder:all"] },
]) {
  test(`${what.join(", ") || "nothing"} needs ${scopes.join(", ") || "nothing"}`, () =>
    expect(smallestScopesFor(used(...what)).scopes).toEqual(scopes));
}

for (const { ids, list } of [
  { ids: [W], list: [`workspace:${W}`] },
  { ids: [W, uuid(2), W], list: [`workspace:${W}`, `workspace:${uuid(2)}`] },
  { ids: [], list: ["workspace:*"] },
  { ids: [W, undefined], list: ["workspace:*"] },
  { ids: [W, ""], list: ["workspace:*"] },
  { ids: ["abcdefghij"], list: ["workspace:*"] },
  { ids: Array.from({ length: 128 }, (_, n) => uuid(n)), list: Array.from({ length: 128 }, (_, n) => `workspace:${uuid(n)}`) },
  { ids: Array.from({ length: 129 }, (_, n) => uuid(n)), list: ["workspace:*"] },
]) {
  test(`${ids.length} ids make ${list.length} entries`, () =>
    expect(formatAllowList(smallestScopesFor([{ type: "workspace", action: "read", ids }]).allowList)).toEqual(list));
}

test("the type with the most objects gives way when a list gets too long", () => {
  const many = Array.from({ length: 127 }, (_, n) => uuid(n));
  const { allowList } = smallestScopesFor([
    { type: "workspace", action: "read", ids: many },
    { type: "template", action: "read", ids: [W, uuid(2)] },
  ]);
  expect(formatAllowList(allowList)).toEqual([`template:${W}`, `template:${uuid(2)}`, "workspace:*"]);
});

test("an action that its type does not have is a programming error", () => {
  const [file] = used("file:read");
  expect(() =>
    smallestScopesFor([
      { type: "workspace", action: file?.action ?? "read", ids: [] },
      { type: "file", action: "ssh", ids: [] },
    ]),
  ).toThrow(RangeError);
});

const record = fc.array(
  fc.tuple(question, fc.array(fc.oneof(fc.constantFrom(W, uuid(2), uuid(3)), fc.constant(undefined)), { maxLength: 3 })),
  { maxLength: 6 },
);

test("the suggestion allows everything that was used, and contains public names only", () => {
  fc.assert(
    fc.property(record, (questions) => {
      const actions = questions.map(([[type, action], ids]) => ({ type, action, ids }));
      const { scopes, allowList } = smallestScopesFor(actions);
      for (const name of scopes) expect(PUBLIC_SCOPES).toContain(name);
      if (actions.length === 0) return;
      const effective = effectiveScope(scopes, allowList);
      if (effective.kind === "unknown") throw new Error(`suggests ${effective.names.join()}`);
      const who = userSubject({ id: "", roles: SYSTEM.roles, groups: [], scope: effective.scope });
      for (const { type, action, ids } of actions)
        for (const id of ids.length === 0 ? [undefined] : ids) expect(decide(who, action, { type, id }).kind).toBe("allowed");
    }),
    { numRuns: 500 },
  );
});

test("no other choice of public scopes covers the record with fewer actions, or as many in fewer names", () => {
  const pairsOf = (name: string): string[] =>
    (permissionsOfScope(name) ?? []).flatMap(({ type, action }) => {
      if (type === "*") return [];
      return action === "*" ? [...RESOURCE_ACTIONS[type], "later"].map((each) => `${type}:${each}`) : [`${type}:${action}`];
    });
  const choices = CATALOG.filter(({ kind }) => kind !== "special").map(({ name }) => name);
  const other = fc.uniqueArray(fc.constantFrom(...choices), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(other, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (names, keep) => {
      const granted = new Set(names.flatMap(pairsOf));
      const wanted = [...granted].filter((pair, index) => !pair.endsWith(":later") && keep[index % keep.length]);
      const { scopes } = smallestScopesFor(used(...wanted));
      const suggested = new Set(scopes.flatMap(pairsOf));
      expect(scopes).not.toContain("coder:all");
      expect(suggested.size).toBeLessThanOrEqual(granted.size);
      if (suggested.size === granted.size) expect(scopes.length).toBeLessThanOrEqual(names.length);
    }),
    { numRuns: 300 },
  );
});
