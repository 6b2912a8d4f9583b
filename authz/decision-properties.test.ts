import fc from "fast-check";
import { expect, test } from "vitest";
import { ALLOW_ALL } from "#authz/allow-list.ts";
import { decide } from "#authz/decide.ts";
import type { AuthzObject } from "#authz/object.ts";
import type { Permission } from "#authz/permission.ts";
import { filter, matches } from "#authz/predicate.ts";
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { OrganizationPermissions, Role } from "#authz/role.ts";
import { FULL_SCOPE, type Scope } from "#authz/scope.ts";
import { CATALOG, canonicalScopeName, effectiveScope } from "#authz/scope-catalog.ts";
import { type Subject, type SubjectFields, userSubject } from "#authz/subject.ts";
import { allowEntry, allowList, permission, placed, question, role, scope, scopeName, scopeNames, subject } from "./arbitraries.fixture.ts";
import { isAllowedByTheRules } from "./reference-decision.fixture.ts";

type Question = readonly [ResourceType, Action];
type Place = Omit<AuthzObject, "type">;

const MANY = { numRuns: 1_500 };

function ask(who: Subject, [type, action]: Question, where: Place): boolean {
  return decide(who, action, { ...where, type }).kind === "allowed";
}

/** The same subject except for some fields. */
function changed(who: SubjectFields, change: Partial<SubjectFields>): Subject {
  const { id, roles, groups, scope, ceilings } = who;
  return userSubject({ id, roles, groups, scope, ceilings, ...change });
}

/** The scope of a key with public names. */
function keyScope(names: readonly string[], list: Scope["allowList"]): Scope {
  const effective = effectiveScope(names, list);
  if (effective.kind === "unknown") throw new Error(`unknown ${effective.names.join()}`);
  return effective.scope;
}

test("a decision is what the rules say", () => {
  let allowed = 0;
  fc.assert(
    fc.property(subject, question, placed, fc.boolean(), (who, [type, action], where, anywhere) => {
      const object: AuthzObject = anywhere ? { ...where, type, organizationId: undefined, anyOrganization: true } : { ...where, type };
      const isAllowed = isAllowedByTheRules(who, action, object);
      if (isAllowed) allowed++;
      return (decide(who, action, object).kind === "allowed") === isAllowed;
    }),
    { numRuns: 5_000 },
  );
  expect(allowed).toBeGreaterThan(200);
});

test("a denial blames exactly those who refuse alone", () => {
  fc.assert(
    fc.property(subject, question, placed, (who, [type, action], where) => {
      const decision = decide(who, action, { ...where, type });
      if (decision.kind === "allowed") return true;
      const { refusedBy } = decision.reason;
      const roles = ask(changed(who, { scope: FULL_SCOPE, ceilings: [] }), [type, action], where);
      const rightful = userSubject({ id: "", roles: [EVERYTHING], groups: [], scope: who.scope });
      const within = who.ceilings.filter((ceiling) => !ask(changed(rightful, { scope: ceiling }), [type, action], where));
      const blames = (by: string): number => refusedBy.filter((refusal) => refusal.by === by).length;
      expect(blames("role")).toBe(roles ? 0 : 1);
      expect(blames("scope") + blames("allow_list") > 0).toBe(!ask(rightful, [type, action], where));
      expect(blames("boundary")).toBe(within.length);
      return refusedBy.length > 0 && (decision.reason.smallestScope !== undefined) === blames("scope") > 0;
    }),
    MANY,
  );
});

const EVERYTHING: Role = { name: "everything", site: FULL_SCOPE.permissions, user: [], byOrganization: new Map() };

test("a predicate admits the objects that a decision allows", () => {
  fc.assert(
    fc.property(subject, question, placed, (who, [type, action], where) => {
      const object = { ...where, type };
      return matches(filter(who, action, type), object) === (decide(who, action, object).kind === "allowed");
    }),
    { numRuns: 5_000 },
  );
});

test("narrowing a scope never adds anything", () => {
  fc.assert(
    fc.property(subject, question, placed, fc.array(fc.boolean()), (who, what, where, keep) => {
      const kept = <T>(list: readonly T[]): T[] => list.filter((_, index) => keep[index] ?? true);
      const { allowList, permissions } = who.scope;
      const bans = permissions.filter((permission) => permission.negate);
      const grants = kept(permissions.filter((permission) => !permission.negate));
      const narrowed = changed(who, { scope: { ...who.scope, permissions: [...bans, ...grants], allowList: kept(allowList) } });
      return !ask(narrowed, what, where) || ask(who, what, where);
    }),
    MANY,
  );
});

test("an additional ceiling never adds anything", () => {
  fc.assert(
    fc.property(subject, question, placed, scope, (who, what, where, ceiling) => {
      return !ask(changed(who, { ceilings: [...who.ceilings, ceiling] }), what, where) || ask(who, what, where);
    }),
    MANY,
  );
});

test("no scope gives what the roles and shares do not", () => {
  fc.assert(
    fc.property(subject, question, placed, (who, what, where) => {
      return !ask(who, what, where) || ask(changed(who, { scope: FULL_SCOPE, ceilings: [] }), what, where);
    }),
    MANY,
  );
});

test("an additional role takes nothing away, unless it has negative permissions", () => {
  const positive = (list: readonly Permission[]): Permission[] => list.filter((permission) => !permission.negate);
  fc.assert(
    fc.property(subject, question, placed, role, (who, what, where, extra) => {
      const byOrganization = new Map(
        [...extra.byOrganization].map(([id, { org, member }]) => [id, { org: positive(org), member: positive(member) }]),
      );
      const more: Role = { name: "more", site: positive(extra.site), user: positive(extra.user), byOrganization };
      return !ask(who, what, where) || ask(changed(who, { roles: [...who.roles, more] }), what, where);
    }),
    MANY,
  );
});

test("an additional scope takes nothing away", () => {
  fc.assert(
    fc.property(subject, question, placed, scopeNames, scopeName, allowList, (who, what, where, names, extra, list) => {
      const before = changed(who, { scope: keyScope(names, list) });
      return !ask(before, what, where) || ask(changed(who, { scope: keyScope([...names, extra], list) }), what, where);
    }),
    MANY,
  );
});

test("an additional entry takes nothing away except the default for a type that had no entry", () => {
  fc.assert(
    fc.property(subject, question, placed, scopeNames, allowEntry, allowList, (who, what, where, names, extra, list) => {
      const before = keyScope(names, list);
      const after = keyScope(names, [...list, extra]);
      if (!ask(changed(who, { scope: before }), what, where) || ask(changed(who, { scope: after }), what, where)) return true;
      const [type] = what;
      const endsDefault = extra.type === "*" || extra.type === type;
      return endsDefault && before.defaults.some((permission) => permission.type === type) && !list.some((entry) => entry.type === type);
    }),
    MANY,
  );
});

test("an additional negative permission, in roles or scope, never adds anything", () => {
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
        const banned = changed(who, {
          roles: [...who.roles, extra],
          scope: at === "scope" ? { ...who.scope, permissions: [...who.scope.permissions, ...bans] } : who.scope,
        });
        return !ask(banned, what, where) || ask(who, what, where);
      },
    ),
    MANY,
  );
});

test("the order of roles and permissions does not matter", () => {
  fc.assert(
    fc.property(subject, question, placed, (who, what, where) => {
      const reversed = who.roles.toReversed().map((held) => ({ ...held, site: held.site.toReversed(), user: held.user.toReversed() }));
      return ask(who, what, where) === ask(changed(who, { roles: reversed }), what, where);
    }),
  );
});

test("an empty allow list admits nothing, and the full one refuses nothing", () => {
  fc.assert(
    fc.property(subject, question, placed, scopeNames, (who, what, where, names) => {
      const wide = changed(who, { scope: { ...FULL_SCOPE, allowList: ALLOW_ALL }, ceilings: [] });
      const decision = decide(wide, what[1], { ...where, type: what[0] });
      const onlyRoles = decision.kind === "allowed" || decision.reason.refusedBy.every((refusal) => refusal.by === "role");
      return onlyRoles && !ask(changed(who, { scope: keyScope(names, []) }), what, where);
    }),
  );
});

const COMPOSITES = CATALOG.filter(({ kind }) => kind === "composite");

test("an alias decides as its newer name does", () => {
  fc.assert(
    fc.property(subject, question, placed, fc.constantFrom("all", "application_connect"), allowList, (who, what, where, alias, list) => {
      const [old, current] = [keyScope([alias], list), keyScope([canonicalScopeName(alias)], list)];
      return ask(changed(who, { scope: old }), what, where) === ask(changed(who, { scope: current }), what, where);
    }),
  );
});

test("a composite decides as its parts do, except for types that the allow list does not mention", () => {
  fc.assert(
    fc.property(subject, question, placed, fc.constantFrom(...COMPOSITES), allowList, (who, what, where, { name, permissions }, list) => {
      const whole = keyScope([name], list);
      const parts = keyScope(permissions, list);
      const byDefault = whole.defaults.some(({ type, action }) => type === what[0] && action === what[1]);
      const mentioned = list.some(({ type }) => type === "*" || type === what[0]);
      expect(byDefault && mentioned).toBe(false);
      return byDefault || ask(changed(who, { scope: whole }), what, where) === ask(changed(who, { scope: parts }), what, where);
    }),
    MANY,
  );
});

test("a subject decides the same again, and in another request", () => {
  fc.assert(
    fc.property(subject, fc.array(fc.tuple(question, placed), { minLength: 1, maxLength: 5 }), (who, questions) => {
      const first = questions.map(([what, where]) => ask(who, what, where));
      const again = questions.map(([what, where]) => ask(who, what, where));
      const fresh = questions.map(([what, where]) => ask(changed(who, {}), what, where));
      expect(again).toEqual(first);
      expect(fresh).toEqual(first);
    }),
  );
});
