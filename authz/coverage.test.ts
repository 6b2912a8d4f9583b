import fc from "fast-check";
import { expect, test } from "vitest";
import { ALLOW_ALL, type AllowEntry, type AllowList } from "#authz/allow-list.ts";
import { excess, type Grant } from "#authz/coverage.ts";
import { decide } from "#authz/decide.ts";
import { type Action, RESOURCE_ACTIONS, type ResourceType } from "#authz/resource-types.ts";
import { effectiveScope, permissionsOfScope } from "#authz/scope-catalog.ts";
import { type Subject, SYSTEM, userSubject } from "#authz/subject.ts";
import { allowEntry, allowList, anyType, placed, question, scopeName, scopeNames, subject } from "./arbitraries.fixture.ts";

function grant(scopes: readonly string[], allowList: readonly string[] = ["*:*"], expiresAt?: number): Grant {
  const entries = allowList.map((text) => text.split(":")) as [AllowEntry["type"], string][];
  return { scopes, allowList: entries.map(([type, id]) => ({ type, id })), ...(expiresAt !== undefined && { expiresAt }) };
}

const CREATE = "coder:workspaces.create";
const COVERED: readonly [why: string, outer: Grant, inner: Grant][] = [
  ["the same", grant(["workspace:read"]), grant(["workspace:read"])],
  ["nothing asked", grant(["workspace:read"]), grant([])],
  ["everything", grant(["coder:all"]), grant(["coder:all"])],
  ["an alias for everything", grant(["coder:all"]), grant(["all"])],
  ["everything spelled by its alias", grant(["all"]), grant(["coder:all"])],
  ["a wildcard under everything", grant(["coder:all"]), grant(["workspace:*"])],
  ["an action under its wildcard", grant(["workspace:*"]), grant(["workspace:read", "workspace:share"])],
  ["a wildcard under itself", grant(["workspace:*"]), grant(["workspace:*"])],
  ["a part of a composite", grant(["coder:workspaces.access"]), grant(["workspace:read"])],
  ["a composite under its parts", grant(["file:*", "template:read", "provisioner_jobs:*"]), grant(["coder:templates.build"])],
  ["the other name of a special", grant(["coder:application_connect"]), grant(["workspace:application_connect"])],
  ["one object of a type", grant(["workspace:read"], ["workspace:*"]), grant(["workspace:read"], ["workspace:a"])],
  ["one of two objects", grant(["workspace:read"], ["workspace:a", "workspace:b"]), grant(["workspace:read"], ["workspace:b"])],
  ["an id of any type", grant(["workspace:read"], ["*:a"]), grant(["workspace:read"], ["workspace:a"])],
  ["an empty list", grant(["workspace:read"], ["workspace:a"]), grant(["workspace:read"], [])],
  ["the same composite with the same defaults", grant([CREATE], ["workspace:a"]), grant([CREATE], ["workspace:a"])],
  ["one template of those that come by default", grant([CREATE], ["workspace:a"]), grant([CREATE], ["workspace:a", "template:t"])],
  ["defaults of a whole type", grant([CREATE], ["workspace:a", "template:*"]), grant([CREATE], ["workspace:a", "template:*"])],
  ["parts of a default", grant([CREATE], ["workspace:a"]), grant(["template:read"], ["template:t"])],
  ["an earlier end", grant(["workspace:read"], ["*:*"], 2_000), grant(["workspace:read"], ["*:*"], 1_999)],
  ["the same end", grant(["workspace:read"], ["*:*"], 2_000), grant(["workspace:read"], ["*:*"], 2_000)],
  ["any end under none", grant(["workspace:read"]), grant(["workspace:read"], ["*:*"], 2_000)],
];
for (const [why, outer, inner] of COVERED) test(`covers ${why}`, () => expect(excess(outer, inner)).toEqual({ kind: "covered" }));

const EXCEEDING: readonly {
  why: string;
  outer: Grant;
  inner: Grant;
  scopes?: string[];
  allowList?: string[];
  defaults?: { scope: string; entry: string }[];
  expiresAt?: number;
}[] = [
  {
    why: "another action",
    outer: grant(["workspace:read"]),
    inner: grant(["workspace:read", "workspace:start"]),
    scopes: ["workspace:start"],
  },
  { why: "everything", outer: grant(["workspace:*", "template:*"]), inner: grant(["all"]), scopes: ["coder:all"] },
  {
    why: "a wildcard where all of its actions are listed",
    outer: grant(RESOURCE_ACTIONS.workspace.map((action) => `workspace:${action}`)),
    inner: grant(["workspace:*"]),
    scopes: ["workspace:*"],
  },
  { why: "a wildcard of another type", outer: grant(["workspace:*"]), inner: grant(["user:*"]), scopes: ["user:*"] },
  {
    why: "what one composite has beyond another",
    outer: grant(["coder:workspaces.operate"]),
    inner: grant([CREATE]),
    scopes: ["template:use", "workspace:create"],
  },
  {
    why: "the same excess only once",
    outer: grant(["workspace:read"]),
    inner: grant(["template:read", "coder:templates.build"]),
    scopes: ["file:create", "file:read", "provisioner_jobs:read", "template:read"],
  },
  {
    why: "another object",
    outer: grant(["workspace:read"], ["workspace:a"]),
    inner: grant(["workspace:read"], ["workspace:a", "workspace:b"]),
    allowList: ["workspace:b"],
  },
  {
    why: "all objects of a type",
    outer: grant(["workspace:read"], ["workspace:a"]),
    inner: grant(["workspace:read"], ["workspace:*"]),
    allowList: ["workspace:*"],
  },
  {
    why: "all objects of all types",
    outer: grant(["workspace:read"], ["workspace:*"]),
    inner: grant(["workspace:read"]),
    allowList: ["*:*"],
  },
  {
    why: "an id of every type",
    outer: grant(["workspace:read"], ["workspace:a"]),
    inner: grant(["workspace:read"], ["*:a"]),
    allowList: ["*:a"],
  },
  {
    why: "an object on which nothing could be done yet",
    outer: grant(["workspace:read"], ["workspace:a"]),
    inner: grant(["workspace:read"], ["workspace:a", "template:t"]),
    allowList: ["template:t"],
  },
  { why: "anything where nothing is held", outer: grant([], []), inner: grant(["file:read"]), scopes: ["file:read"], allowList: ["*:*"] },
  {
    why: "all templates, by leaving out the list's one",
    outer: grant([CREATE], ["workspace:a", "template:t"]),
    inner: grant([CREATE], ["workspace:a"]),
    allowList: ["template:*"],
    defaults: [{ scope: CREATE, entry: "template:*" }],
  },
  {
    why: "a default where only its parts are held",
    outer: grant(["coder:workspaces.operate", "template:use", "workspace:create"], ["workspace:a"]),
    inner: grant([CREATE], ["workspace:a"]),
    allowList: ["template:*"],
    defaults: [{ scope: CREATE, entry: "template:*" }],
  },
  {
    why: "an object that is a default for less than is asked",
    outer: grant(["coder:workspaces.operate", "template:update"], ["workspace:a"]),
    inner: grant(["template:read", "template:update"], ["template:t"]),
    allowList: ["template:t"],
  },
  {
    why: "a later end",
    outer: grant(["workspace:read"], ["*:*"], 2_000),
    inner: grant(["workspace:read"], ["*:*"], 2_001),
    expiresAt: 2_000,
  },
  { why: "no end", outer: grant(["workspace:read"], ["*:*"], 2_000), inner: grant(["workspace:read"]), expiresAt: 2_000 },
  {
    why: "all of it at once",
    outer: grant(["workspace:read"], ["workspace:a"], 1),
    inner: grant(["all"], ["*:*"], 2),
    scopes: ["coder:all"],
    allowList: ["*:*"],
    expiresAt: 1,
  },
];
for (const { why, outer, inner, scopes = [], allowList = [], defaults = [], expiresAt } of EXCEEDING)
  test(`names ${why}`, () =>
    expect(excess(outer, inner)).toEqual({ kind: "excess", scopes, allowList, defaults, ...(expiresAt !== undefined && { expiresAt }) }));

for (const [outer, inner] of [
  [["nonsense"], []],
  [["coder:all"], ["workspaces:read"]],
  [["coder:all"], ["*:*"]],
  [["no_user_data"], []],
] satisfies [string[], string[]][])
  test(`refuses to compare [${inner}] with [${outer}]`, () => expect(() => excess(grant(outer), grant(inner))).toThrow(RangeError));

/** A grant that usually lies inside another: it has the other one's names or parts of them, and its entries or narrower ones; sometimes more. */
function childOf(parent: Grant): fc.Arbitrary<Grant> {
  const parts = parent.scopes.flatMap((name) => (permissionsOfScope(name) ?? []).flatMap(({ type, action }) => namesOf(type, action)));
  const narrower = parent.allowList.flatMap(({ type, id }): AllowEntry[] => [
    { type, id },
    { type: type === "*" ? "template" : type, id: id === "*" ? "ann" : id },
  ]);
  const mostly = <T>(own: readonly T[], other: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(own.length > 0 ? fc.oneof({ arbitrary: fc.constantFrom(...own), weight: 9 }, { arbitrary: other, weight: 1 }) : other, {
      maxLength: 3,
    });
  return fc.record({ scopes: mostly([...parent.scopes, ...parts], scopeName), allowList: mostly(narrower, allowEntry) });
}

function namesOf(type: string, action: string): string[] {
  if (type === "*") return ["workspace:*", CREATE, "coder:templates.build", "template:read"];
  return [`${type}:${action}`];
}

const anyGrant: fc.Arbitrary<Grant> = fc.record({
  scopes: scopeNames,
  allowList: fc.oneof({ arbitrary: allowList, weight: 3 }, { arbitrary: fc.constant(ALLOW_ALL), weight: 1 }),
});

/** Root, child, grandchild. */
const chain = anyGrant.chain((root) =>
  childOf(root).chain((child) => childOf(child).map((grandchild) => [root, child, grandchild] as const)),
);

function withScope(who: Subject, { scopes, allowList }: Grant): Subject {
  const effective = effectiveScope(scopes, allowList);
  if (effective.kind === "known") return userSubject({ id: who.id, roles: who.roles, groups: who.groups, scope: effective.scope });
  return userSubject({ id: who.id, roles: [], groups: [], scope: { names: [], permissions: [], allowList: [], defaults: [] } });
}

/** A question that the grant is relevant to: one of its permissions, and an object that it names or one like it. */
function questionAbout({ scopes, allowList }: Grant): fc.Arbitrary<{ type: ResourceType; action: Action; id: string | undefined }> {
  const permissions = scopes.flatMap((name) => permissionsOfScope(name) ?? []);
  const anything = question.map(([type, action]) => ({ type, action }));
  const own = permissions.map(({ type, action }) => {
    const types = type === "*" ? anyType : fc.constant(type);
    return types.chain((named) =>
      fc.constantFrom<Action[]>(...RESOURCE_ACTIONS[named]).map((each) => ({ type: named, action: action === "*" ? each : action })),
    );
  });
  const id = fc.constantFrom("ann", "bob", undefined, ...allowList.map((entry) => entry.id));
  return fc.oneof(...own, anything).chain((what) => id.map((id) => ({ ...what, id })));
}

/** Mostly users who may do everything, sometimes one who may do less. */
const anybody = fc.oneof({ arbitrary: fc.constant(SYSTEM), weight: 3 }, { arbitrary: subject, weight: 1 });

test("down a chain of covered grants no child may do what its parent may not, whoever they stand for", () => {
  const seen = { covered: 0, allowed: 0 };
  const asked = chain.chain((grants) => fc.tuple(fc.constant(grants), questionAbout(grants[2])));
  fc.assert(
    fc.property(asked, anybody, placed, ([grants, { type, action, id }], who, where) => {
      fc.pre(RESOURCE_ACTIONS[type].some((known) => known === action));
      for (const [index, inner] of grants.entries()) {
        const outer = grants[index - 1];
        if (outer === undefined) continue;
        if (excess(outer, inner).kind !== "covered") break;
        seen.covered++;
        const may = (grant: Grant): boolean => decide(withScope(who, grant), action, { ...where, type, id }).kind === "allowed";
        if (!may(inner)) continue;
        seen.allowed++;
        if (!may(outer)) return false;
      }
      return true;
    }),
    { numRuns: 5_000 },
  );
  expect(seen.covered).toBeGreaterThan(500);
  expect(seen.allowed).toBeGreaterThan(50);
});

test("a key stays inside the boundaries above it, even if they were narrowed after it was created", () => {
  const seen = { allowed: 0, refused: 0 };
  const asked = chain.chain(([root, ofParent, own]) =>
    fc.record({
      boundary: fc.oneof(fc.constant(root), childOf(root)),
      ofParent: fc.constant(ofParent),
      own: fc.constant(own),
      what: questionAbout(own),
    }),
  );
  fc.assert(
    fc.property(asked, anybody, placed, ({ boundary, ofParent, own, what: { type, action, id } }, who, where) => {
      fc.pre(RESOURCE_ACTIONS[type].some((known) => known === action));
      const may = (asker: Subject): boolean => decide(asker, action, { ...where, type, id }).kind === "allowed";
      const above = [ofParent, boundary].map((grant) => withScope(who, grant));
      const unbounded = withScope(who, own);
      const { roles, groups, scope } = unbounded;
      const key = userSubject({ id: unbounded.id, roles, groups, scope, ceilings: above.map((parent) => parent.scope) });
      if (may(unbounded)) seen[may(key) ? "allowed" : "refused"]++;
      return may(key) === (may(unbounded) && above.every(may));
    }),
    { numRuns: 5_000 },
  );
  expect(seen.allowed).toBeGreaterThan(20);
  expect(seen.refused).toBeGreaterThan(20);
});

test("coverage is transitive: a grandchild lies inside the root", () => {
  fc.assert(
    fc.property(chain, ([root, child, grandchild]) => {
      if (excess(root, child).kind !== "covered" || excess(child, grandchild).kind !== "covered") return true;
      return excess(root, grandchild).kind === "covered";
    }),
    { numRuns: 5_000 },
  );
});

test("the excess is what is missing: with it added, the outer grant covers", () => {
  // An entry for any type mentions every type, and so ends the outer grant's own defaults: it does more than add.
  const plain = (list: AllowList): boolean => list.every(({ type, id }) => type !== "*" || id === "*");
  fc.assert(
    fc.property(anyGrant, anyGrant, (outer, inner) => {
      fc.pre(plain(inner.allowList));
      const missing = excess(outer, inner);
      if (missing.kind === "covered") return true;
      const extra = grant(missing.scopes, missing.allowList);
      const wider = { scopes: [...outer.scopes, ...extra.scopes], allowList: [...outer.allowList, ...extra.allowList] };
      return excess(wider, inner).kind === "covered";
    }),
    { numRuns: 5_000 },
  );
});

test("everything covers every grant, and every grant itself", () => {
  fc.assert(
    fc.property(anyGrant, (any) => {
      expect(excess({ scopes: ["coder:all"], allowList: ALLOW_ALL }, any)).toEqual({ kind: "covered" });
      expect(excess(any, any)).toEqual({ kind: "covered" });
    }),
  );
});
