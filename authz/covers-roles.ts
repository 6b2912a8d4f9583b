import { compileRights } from "./rights.ts";
import { type Memberships, rolesOf } from "./roles.ts";
import { FULL_SCOPE } from "./scope.ts";
import { allowsAllOf, pool } from "./vote-set.ts";

/**
 * Tells whether one user could get at least as much as another: whatever the other's roles allow everywhere, theirs allow everywhere too, and
 * in each organization that the other is in, they are as well, with at least the same rights. A stored role that this program does not know
 * covers nothing, and is not covered.
 */
export function coversRoles(outer: Memberships, inner: Memberships): boolean {
  let isKnown = true;
  const theirs = compileRights(
    rolesOf(inner, () => {
      isKnown = false;
    }),
    FULL_SCOPE,
    [],
  ).roles;
  if (!isKnown) return false;
  const own = compileRights(
    rolesOf(outer, () => {}),
    FULL_SCOPE,
    [],
  ).roles;
  if (!allowsAllOf(own.site, theirs.site) || !allowsAllOf(own.user, theirs.user)) return false;
  return [...theirs.organizations].every(([id, there]) => {
    const here = own.organizations.get(id);
    return (
      here !== undefined && allowsAllOf(pool([here.org, own.site]), there.org) && allowsAllOf(pool([here.org, here.member]), there.member)
    );
  });
}
