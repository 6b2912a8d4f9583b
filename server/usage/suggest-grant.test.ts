import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAllowList } from "#authz/allow-list.ts";
import { excess, type Grant } from "#authz/coverage.ts";
import { PUBLIC_SCOPES, permissionsOfScope } from "#authz/scope-catalog.ts";
import { suggestGrant, type UsedScope } from "./suggest-grant.ts";

const [W1, W2, T1, T2] = ["11", "12", "21", "22"].map((n) => `${n}111111-1111-4111-8111-111111111111`) as [string, string, string, string];

for (const { what, key, used, suggestion } of [
  {
    what: "what was read, of what was read",
    key: { scopes: ["coder:all"], allow_list: ["*:*"] },
    used: [{ scope: "workspace:read", objectIds: [W1] }],
    suggestion: { scopes: ["workspace:read"], allowList: [`workspace:${W1}`] },
  },
  {
    what: "every object of a type that was listed",
    key: { scopes: ["coder:all"], allow_list: ["*:*"] },
    used: [
      { scope: "workspace:read", objectIds: ["", W1] },
      { scope: "workspace:start", objectIds: [W1] },
    ],
    suggestion: { scopes: ["workspace:read", "workspace:start"], allowList: ["workspace:*"] },
  },
  {
    what: "of a list, what the key has now",
    key: { scopes: ["workspace:*"], allow_list: [`workspace:${W1}`, `workspace:${W2}`] },
    used: [{ scope: "workspace:read", objectIds: [""] }],
    suggestion: { scopes: ["workspace:read"], allowList: [`workspace:${W1}`, `workspace:${W2}`] },
  },
  {
    what: "the objects that a composite could touch by default, by name",
    key: { scopes: ["coder:workspaces.create"], allow_list: [`workspace:${W1}`] },
    used: [
      { scope: "template:read", objectIds: [T1] },
      { scope: "workspace:read", objectIds: [W1] },
    ],
    suggestion: { scopes: ["template:read", "workspace:read"], allowList: [`template:${T1}`, `workspace:${W1}`] },
  },
  {
    what: "nothing that the key has lost",
    key: { scopes: ["workspace:read"], allow_list: [`workspace:${W1}`] },
    used: [
      { scope: "workspace:delete", objectIds: [W1] },
      { scope: "workspace:read", objectIds: [W2, W1] },
      { scope: "spaceship:launch", objectIds: [W1] },
    ],
    suggestion: { scopes: ["workspace:read"], allowList: [`workspace:${W1}`] },
  },
  {
    what: "the key's own composite where no smaller scope has the right, and no object that its list leaves out",
    key: { scopes: ["coder:workspaces.create", "user:read"], allow_list: [`workspace:${W1}`, `template:${T1}`] },
    used: [{ scope: "organization_member:read", objectIds: [T2] }],
    suggestion: { scopes: ["coder:workspaces.create"], allowList: [`organization_member:${T2}`, `template:${T1}`, `workspace:${W1}`] },
  },
  { what: "nothing for nothing", key: { scopes: ["coder:all"], allow_list: ["*:*"] }, used: [], suggestion: { scopes: [], allowList: [] } },
  {
    what: "nothing for a key that cannot be read",
    key: { scopes: ["x:y"], allow_list: ["*:*"] },
    used: [{ scope: "workspace:read", objectIds: [W1] }],
    suggestion: { scopes: [], allowList: [] },
  },
]) {
  test(`suggests ${what}`, () => expect(suggestGrant(key, used)).toEqual(suggestion));
}

const id = fc.constantFrom(W1, W2, T1, T2);
const entry = fc
  .tuple(fc.constantFrom("workspace", "template", "organization_member", "user", "api_key", "*"), fc.oneof(id, fc.constant("*")))
  .map(([type, one]) => `${type}:${one}`);
const names = fc.uniqueArray(fc.constantFrom(...PUBLIC_SCOPES), { minLength: 1, maxLength: 4 });
const low = [
  ...new Set(PUBLIC_SCOPES.flatMap((name) => permissionsOfScope(name) ?? []).map(({ type, action }) => `${type}:${action}`)),
].filter((name) => !name.includes("*"));
const use: fc.Arbitrary<UsedScope> = fc.record({
  scope: fc.constantFrom(...low),
  objectIds: fc.uniqueArray(fc.oneof(id, fc.constantFrom("", "*")), { minLength: 1, maxLength: 3 }),
});

test("is never more than the key has, and covers all that the key did and still may do", () => {
  fc.assert(
    fc.property(names, fc.uniqueArray(entry, { minLength: 1, maxLength: 5 }), fc.array(use, { maxLength: 5 }), (scopes, allowed, used) => {
      const held = grantOf(scopes, allowed);
      const suggestion = suggestGrant({ scopes, allow_list: allowed }, used);
      if (suggestion.scopes.length === 0) {
        for (const { scope, objectIds } of used)
          for (const one of objectIds) expect(one === "" || one === "*" || !does(held, scope, one)).toBe(true);
        return;
      }
      const suggested = grantOf(suggestion.scopes, suggestion.allowList);
      expect(excess(held, suggested)).toEqual({ kind: "covered" });
      for (const { scope, objectIds } of used) {
        for (const one of objectIds) {
          const wanted = one === "" ? "*" : one;
          if (does(held, scope, wanted)) expect(does(suggested, scope, wanted)).toBe(true);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

function grantOf(scopes: readonly string[], allowed: readonly string[]): Grant {
  const parsed = parseAllowList(allowed);
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.errors));
  return { scopes, allowList: parsed.allowList };
}

function does(grant: Grant, scope: string, one: string): boolean {
  const [type = ""] = scope.split(":");
  return excess(grant, grantOf([scope], [`${type}:${one}`])).kind === "covered";
}
