/** Random subjects, objects and grants over a handful of names, so that they often match. */
import fc from "fast-check";
import type { AllowEntry } from "./allow-list.ts";
import type { AuthzObject } from "./object.ts";
import type { Permission } from "./permission.ts";
import { type Action, RESOURCE_ACTIONS, RESOURCE_TYPES, type ResourceType } from "./resource-types.ts";
import type { Role } from "./role.ts";
import { FULL_SCOPE, type Scope } from "./scope.ts";
import { CATALOG } from "./scope-catalog.ts";
import { userSubject } from "./subject.ts";
import { ORG, OTHER_ORG } from "./subjects.fixture.ts";

/** Half of the time a type that composites and shares are about, because other types rarely match. */
export const anyType: fc.Arbitrary<ResourceType> = fc.oneof(
  fc.constantFrom<ResourceType[]>("workspace", "template", "organization_member", "file"),
  fc.constantFrom(...RESOURCE_TYPES),
);
const anyAction: fc.Arbitrary<Action> = fc.constantFrom(...new Set(Object.values(RESOURCE_ACTIONS).flat()));

/** A type and one of its actions. */
export const question = anyType.chain((type) => fc.tuple(fc.constant(type), fc.constantFrom<Action[]>(...RESOURCE_ACTIONS[type])));

/** One in four is negative; half of them are about every type or every action, so that several are about the same thing. */
export const permission: fc.Arbitrary<Permission> = fc
  .record({
    type: fc.oneof(anyType, fc.constant("*" as const)),
    action: fc.oneof({ arbitrary: anyAction, weight: 1 }, { arbitrary: fc.constant("*" as const), weight: 2 }),
    negate: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ negate, ...rest }) => (negate === 0 ? { ...rest, negate: true } : rest));
const permissions = fc.array(permission, { maxLength: 4 });

/** An id of a user, an object or a group; mostly Ann's. */
const id = fc.oneof(
  { arbitrary: fc.constant("ann"), weight: 2 },
  { arbitrary: fc.constantFrom("bob", "g1", ORG, OTHER_ORG, ""), weight: 1 },
);

export const role: fc.Arbitrary<Role> = fc
  .record({
    site: permissions,
    user: permissions,
    orgs: fc.dictionary(fc.constantFrom(ORG, OTHER_ORG), fc.record({ org: permissions, member: permissions }), { maxKeys: 2 }),
  })
  .map(({ site, user, orgs }) => ({ name: "any", site, user, byOrganization: new Map(Object.entries(orgs)) }));

export const allowEntry: fc.Arbitrary<AllowEntry> = fc.record({
  type: fc.oneof(anyType, fc.constant("*" as const)),
  id: fc.oneof(fc.constantFrom("ann", "bob", "g1"), fc.constant("*")),
});
export const allowList = fc.array(allowEntry, { maxLength: 4 });

/** The full scope, or one with negative permissions, which no name in the catalog has. */
export const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant(FULL_SCOPE),
  fc.record({
    names: fc.constant(["any"]),
    permissions,
    allowList,
    defaults: fc.array(
      permission.map(({ type, action }): Permission => ({ type, action })),
      { maxLength: 2 },
    ),
  }),
);

export const scopeName = fc.constantFrom(...CATALOG.map(({ name }) => name));
export const scopeNames = fc.uniqueArray(scopeName, { minLength: 1, maxLength: 3 });

export const subject = fc
  .record({
    id,
    roles: fc.array(role, { maxLength: 3 }),
    groups: fc.array(id, { maxLength: 2 }),
    scope,
    ceilings: fc.array(scope, { maxLength: 2 }),
  })
  .map(userSubject);

const actions = fc.array(fc.oneof(anyAction, fc.constant("*")), { maxLength: 2 });

/** An object without its type. */
export const placed: fc.Arbitrary<Omit<AuthzObject, "type">> = fc.record(
  {
    id,
    ownerId: id,
    organizationId: fc.constantFrom(ORG, OTHER_ORG, "", "00000000-0000-0000-0000-000000000000"),
    userAcl: fc.dictionary(id, actions),
    groupAcl: fc.dictionary(id, actions),
  },
  { requiredKeys: [] },
);
