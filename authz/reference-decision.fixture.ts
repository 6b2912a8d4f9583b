/**
 * The rules of a decision, written a second time in a plain and slow way, directly from the permissions: nothing is compiled, and only the
 * shapes of the data are shared with the code under test.
 */
import type { AuthzObject } from "./object.ts";
import type { Permission } from "./permission.ts";
import type { Action } from "./resource-types.ts";
import type { Scope } from "./scope.ts";
import type { SubjectFields } from "./subject.ts";

export function isAllowedByTheRules(subject: SubjectFields, action: Action, object: AuthzObject): boolean {
  const scopes = [subject.scope, ...subject.ceilings];
  return (
    (isAllowedByRoles(subject, action, object) || isShared(subject, action, object)) &&
    scopes.every((scope) => isAllowedByScope(scope, action, object))
  );
}

/** No match: 0. Only positive ones: 1. A negative one among them: -1. */
function vote(permissions: readonly Permission[], action: Action, object: AuthzObject): number {
  const matching = permissions.filter(
    (permission) => ["*", object.type].includes(permission.type) && ["*", action].includes(permission.action),
  );
  if (matching.some((permission) => permission.negate)) return -1;
  return matching.length > 0 ? 1 : 0;
}

function isAllowedByRoles(subject: SubjectFields, action: Action, object: AuthzObject): boolean {
  const own = subject.id !== "" && object.ownerId === subject.id;
  const organization = organizationIn(object);
  const voteOf = (permissions: readonly Permission[]) => vote(permissions, action, object);
  const inside = (id: string, level: "org" | "member") =>
    voteOf(subject.roles.flatMap((role) => role.byOrganization.get(id)?.[level] ?? []));
  const among = object.anyOrganization ? organizationsOf(subject) : organizationsOf(subject).filter((id) => id === organization);

  const site = voteOf(subject.roles.flatMap((role) => role.site));
  const isPersonal = own && organization === undefined && !object.anyOrganization;
  const user = isPersonal ? voteOf(subject.roles.flatMap((role) => role.user)) : 0;
  const org = among.length > 0 ? Math.max(...among.map((id) => inside(id, "org"))) : 0;
  const member = own && among.length > 0 ? Math.max(...among.map((id) => inside(id, "member"))) : 0;
  return site === 1 || (site !== -1 && user === 1) || (site !== -1 && org === 1) || (site !== -1 && org !== -1 && member === 1);
}

function isShared(subject: SubjectFields, action: Action, object: AuthzObject): boolean {
  const organization = organizationIn(object);
  if (organization === undefined || !organizationsOf(subject).includes(organization)) return false;
  if (!["workspace", "template", "group"].includes(object.type)) return false;
  const grants = (entries: [string, readonly string[]][]) =>
    entries.some(([, actions]) => actions.includes(action) || actions.includes("*"));
  return (
    grants(Object.entries(object.userAcl ?? {}).filter(([id]) => id === subject.id)) ||
    grants(Object.entries(object.groupAcl ?? {}).filter(([id]) => id === organization || subject.groups.includes(id)))
  );
}

function isAllowedByScope(scope: Scope, action: Action, object: AuthzObject): boolean {
  const isListed = scope.allowList.some(
    ({ type, id }) => ["*", object.type].includes(type) && (id === "*" || (object.id !== undefined && id === object.id)),
  );
  return vote(scope.permissions, action, object) === 1 && (isListed || vote(scope.defaults, action, object) === 1);
}

function organizationIn({ organizationId }: AuthzObject): string | undefined {
  return organizationId === "" || organizationId === "00000000-0000-0000-0000-000000000000" ? undefined : organizationId;
}

function organizationsOf(subject: SubjectFields): string[] {
  return [...new Set(subject.roles.flatMap((role) => [...role.byOrganization.keys()]))];
}
