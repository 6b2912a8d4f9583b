import type { AllowList } from "./allow-list.ts";
import { type AuthzObject, isShareable, listsAction, organizationOf } from "./object.ts";
import { type Permission, type Vote, vote } from "./permission.ts";
import type { Action, ResourceType } from "./resource-types.ts";
import type { Scope } from "./scope.ts";
import type { Subject } from "./subject.ts";

/**
 * Which objects of one type a subject may act on, as data: a store turns it into a condition of its own. `matches` says what it means.
 *
 * - `all`, `none`: every object, no object.
 * - `and`, `or`: of nothing they are `all` and `none`.
 * - `owner_is`, `id_in`, `organization_in`: false for an object that has no owner, id or organization.
 * - `no_organization`: absent, empty or the all-zero UUID.
 * - `shared_with`: the object is in one of the organizations, and its ACL lists the action or `*` for the user, or for one of the groups,
 *   or for the group that has the id of **the object's own organization** (everybody in it). Those are not among `groups`.
 */
export type Predicate =
  | { readonly kind: "all" }
  | { readonly kind: "none" }
  | { readonly kind: "and" | "or"; readonly of: readonly Predicate[] }
  | { readonly kind: "not"; readonly of: Predicate }
  | { readonly kind: "id_in"; readonly ids: readonly string[] }
  | { readonly kind: "owner_is"; readonly id: string }
  | { readonly kind: "organization_in"; readonly ids: readonly string[] }
  | { readonly kind: "no_organization" }
  | {
      readonly kind: "shared_with";
      readonly userId: string;
      readonly groups: readonly string[];
      readonly action: Action;
      readonly organizations: readonly string[];
    };

const ALL: Predicate = { kind: "all" };
const NONE: Predicate = { kind: "none" };

/** Agrees with `decide` about every object of the type that exists, that is: has all the fields that its builder in object.ts sets. */
export function filter<T extends ResourceType>(subject: Subject, action: Action<T>, type: T): Predicate {
  return every([
    any([rolePredicate(subject, action, type), sharePredicate(subject, action, type)]),
    ...[subject.scope, ...subject.ceilings].map((scope) => scopePredicate(scope, action, type)),
  ]);
}

/** What a predicate means for one object. */
export function matches(predicate: Predicate, object: AuthzObject): boolean {
  switch (predicate.kind) {
    case "all":
      return true;
    case "none":
      return false;
    case "and":
      return predicate.of.every((part) => matches(part, object));
    case "or":
      return predicate.of.some((part) => matches(part, object));
    case "not":
      return !matches(predicate.of, object);
    case "id_in":
      return object.id !== undefined && predicate.ids.includes(object.id);
    case "owner_is":
      return object.ownerId === predicate.id;
    case "organization_in":
      return isIn(predicate.ids, organizationOf(object));
    case "no_organization":
      return organizationOf(object) === undefined;
    case "shared_with": {
      const organizationId = organizationOf(object);
      if (organizationId === undefined || !predicate.organizations.includes(organizationId)) return false;
      const { userId, groups, action } = predicate;
      return (
        listsAction(object.userAcl, userId, action) ||
        [organizationId, ...groups].some((group) => listsAction(object.groupAcl, group, action))
      );
    }
  }
}

function rolePredicate(subject: Subject, action: Action, type: ResourceType): Predicate {
  const voteOn = (lists: readonly (readonly Permission[])[]): Vote => vote(lists.flat(), type, action);
  const site = voteOn(subject.roles.map((role) => role.site));
  if (site !== 0) return site === 1 ? ALL : NONE;
  const whole: string[] = [];
  const owned: string[] = [];
  for (const id of organizationsOf(subject)) {
    const roles = subject.roles.flatMap((role) => role.byOrganization.get(id) ?? []);
    const org = voteOn(roles.map((role) => role.org));
    if (org === 1) whole.push(id);
    else if (org === 0 && voteOn(roles.map((role) => role.member)) === 1) owned.push(id);
  }
  const places: Predicate[] = owned.length > 0 ? [{ kind: "organization_in", ids: owned }] : [];
  if (voteOn(subject.roles.map((role) => role.user)) === 1) places.push({ kind: "no_organization" });
  return any([
    whole.length > 0 ? { kind: "organization_in", ids: whole } : NONE,
    subject.id === "" ? NONE : every([{ kind: "owner_is", id: subject.id }, any(places)]),
  ]);
}

function sharePredicate(subject: Subject, action: Action, type: ResourceType): Predicate {
  const organizations = organizationsOf(subject);
  if (!isShareable(type) || organizations.length === 0) return NONE;
  return { kind: "shared_with", userId: subject.id, groups: subject.groups, action, organizations };
}

function scopePredicate({ permissions, allowList, defaults }: Scope, action: Action, type: ResourceType): Predicate {
  if (vote(permissions, type, action) === 1) {
    const ids = idsOf(allowList, type);
    if (ids === "every") return ALL;
    if (vote(defaults, type, action) !== 1) return ids.length === 0 ? NONE : { kind: "id_in", ids };
  }
  return vote(defaults, type, action) === 1 ? ALL : NONE;
}

function idsOf(allowList: AllowList, type: ResourceType): readonly string[] | "every" {
  const ids = allowList.flatMap((entry) => (entry.type === "*" || entry.type === type ? entry.id : []));
  return ids.includes("*") ? "every" : [...new Set(ids)];
}

/** The simplest spelling of `and`. */
function every(parts: readonly Predicate[]): Predicate {
  if (parts.some((part) => part.kind === "none")) return NONE;
  const rest = parts.filter((part) => part.kind !== "all");
  return rest.length === 0 ? ALL : (single(rest) ?? { kind: "and", of: rest });
}

/** The simplest spelling of `or`. */
function any(parts: readonly Predicate[]): Predicate {
  if (parts.some((part) => part.kind === "all")) return ALL;
  const rest = parts.filter((part) => part.kind !== "none");
  return rest.length === 0 ? NONE : (single(rest) ?? { kind: "or", of: rest });
}

function single<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function isIn(ids: readonly string[], id: string | undefined): boolean {
  return id !== undefined && ids.includes(id);
}

function organizationsOf(subject: Subject): string[] {
  return [...new Set(subject.roles.flatMap((role) => [...role.byOrganization.keys()]))];
}
