import fc from "fast-check";
import type { AllowEntry } from "#authz/allow-list.ts";
import { subject as anySubject } from "#authz/arbitraries.fixture.ts";
import { RESOURCE_TYPES } from "#authz/resource-types.ts";
import { rolesOf } from "#authz/roles.ts";
import type { Scope } from "#authz/scope.ts";
import { effectiveScope, PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { createSubject, type Subject, userSubject } from "#authz/subject.ts";
import { ORG, OTHER_ORG } from "#authz/subjects.fixture.ts";
import type { Population } from "./population.ts";

const SITE_ROLES = ["owner", "auditor", "template-admin", "user-admin"];
const ORGANIZATION_ROLES = [
  "organization-admin",
  "organization-auditor",
  "organization-user-admin",
  "organization-template-admin",
  "organization-workspace-creation-ban",
  "organization-workspace-access",
];

/** Subjects that a population's rows mean something to: half with roles and scopes that exist, half with any permissions, negative ones too. */
export function subjectsOf(population: Population): fc.Arbitrary<Subject> {
  return fc.oneof(
    realSubject(population),
    anySubject.map((subject) => translated(subject, population)),
  );
}

function realSubject({ users, organizations, groups, workspaces, templates }: Population): fc.Arbitrary<Subject> {
  const ids = [...users, ...organizations, ...groups, ...workspaces.map(({ id }) => id), ...templates.map(({ id }) => id)];
  const entry: fc.Arbitrary<AllowEntry> = fc.record({
    type: fc.oneof(fc.constantFrom("workspace", "template", "*" as const), fc.constantFrom(...RESOURCE_TYPES)),
    // Text that is no id of a row must find none: other spellings, no ids at all, and what could break out of a statement.
    id: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...ids) },
      { weight: 2, arbitrary: fc.constant("*") },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...ids.slice(0, 3).map((id) => id.toUpperCase()), "", "'); drop table users; --", '"', "\\"),
      },
    ),
  });
  const allowList = fc.oneof(
    { weight: 1, arbitrary: fc.constant<AllowEntry[]>([{ type: "*", id: "*" }]) },
    { weight: 2, arbitrary: fc.array(entry, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(entry, { minLength: 100, maxLength: 128 }) },
  );
  const scope: fc.Arbitrary<Scope> = fc
    .record({
      names: fc.oneof(fc.constant(["coder:all"]), fc.uniqueArray(fc.constantFrom(...PUBLIC_SCOPES), { minLength: 1, maxLength: 4 })),
      allowList,
    })
    .map(({ names, allowList: list }) => {
      const effective = effectiveScope(names, list);
      if (effective.kind === "unknown") throw new Error(`unknown scope ${effective.names.join()}`);
      return effective.scope;
    });
  const membership = fc.record({
    organizationId: fc.constantFrom(...organizations),
    roles: fc.uniqueArray(fc.constantFrom(...ORGANIZATION_ROLES), { maxLength: 2 }),
    sharing: fc.constantFrom("none", "everyone", "service_accounts"),
    defaultRoles: fc.constantFrom<string[][]>(["organization-workspace-access"], []),
  });
  return fc
    .record({
      id: fc.constantFrom<string[]>(...users, "11111111-2222-4333-8444-555555555555"),
      site: fc.uniqueArray(fc.constantFrom(...SITE_ROLES), { maxLength: 1 }),
      isServiceAccount: fc.boolean(),
      organizations: fc.uniqueArray(membership, { maxLength: 2, selector: ({ organizationId }) => organizationId }),
      groups: fc.subarray([...groups]),
      scope,
      ceilings: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(scope, { minLength: 1, maxLength: 2 }) },
      ),
    })
    .map(({ id, groups: inGroups, scope: held, ceilings, ...memberships }) => {
      const roles = rolesOf(memberships, (name) => {
        throw new Error(`unknown role ${name}`);
      });
      return userSubject({ id, roles, groups: inGroups, scope: held, ceilings });
    });
}

/** The fixture's names as ids of rows. */
function translated(subject: Subject, { users, organizations, groups }: Population): Subject {
  const [, ann = "", bob = ""] = users;
  const [org = "", other = ""] = organizations;
  const [g1 = ""] = groups;
  const ids: Readonly<Record<string, string>> = { ann, bob, g1, [ORG]: org, [OTHER_ORG]: other };
  const idOf = (name: string): string => ids[name] ?? name;
  const scopeOf = (scope: Scope): Scope => ({ ...scope, allowList: scope.allowList.map(({ type, id }) => ({ type, id: idOf(id) })) });
  return createSubject({
    id: idOf(subject.id),
    kind: subject.kind,
    roles: subject.roles.map((role) => ({
      ...role,
      byOrganization: new Map([...role.byOrganization].map(([id, roles]) => [idOf(id), roles])),
    })),
    groups: subject.groups.map(idOf),
    scope: scopeOf(subject.scope),
    ceilings: subject.ceilings.map(scopeOf),
    credential: subject.credential,
  });
}
