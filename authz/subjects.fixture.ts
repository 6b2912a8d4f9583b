import { rolesOf } from "./roles.ts";
import { FULL_SCOPE, type Scope } from "./scope.ts";
import { type Subject, userSubject } from "./subject.ts";

/** Readable ids for tests: the decision only compares ids as text. */
export const ORG = "org-1";
export const OTHER_ORG = "org-2";

/** A user with full scope; roles are `name` for the site and `name:org` inside an organization. Always a member of {@link ORG}. */
export function user(id: string, roles: readonly string[] = [], scope: Scope = FULL_SCOPE, groups: readonly string[] = []): Subject {
  const inOrg = roles.flatMap((role) => (role.endsWith(`:${ORG}`) ? role.slice(0, -ORG.length - 1) : []));
  const unknown: string[] = [];
  const all = rolesOf(
    { site: roles.filter((role) => !role.includes(":")), organizations: [{ organizationId: ORG, roles: inOrg }] },
    (name) => unknown.push(name),
  );
  if (unknown.length > 0) throw new Error(`unknown roles ${unknown.join()}`);
  return userSubject({ id, roles: all, groups, scope });
}
