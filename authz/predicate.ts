import { type AuthzObject, isShareable, listsAction, organizationOf } from "./object.ts";
import type { Action, ResourceType } from "./resource-types.ts";
import type { ScopeRights } from "./rights.ts";
import type { Subject } from "./subject.ts";
import { pairOf, voteOf } from "./vote-set.ts";

/**
 * Which objects of one type a subject may act on, as data that a store turns into its own condition. `matches` defines the meaning.
 *
 * - `all`, `none`: every object, no object.
 * - `and`, `or`: without parts they equal `all` and `none`.
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

/** Agrees with `decide` about every existing object of the type. @throws RangeError if the type has no such action */
export function filter<T extends ResourceType>(subject: Subject, action: Action<T>, type: T): Predicate {
  const pair = pairOf(type, action);
  const { scope, ceilings } = subject.rights;
  return every([
    any([rolePredicate(subject, pair), sharePredicate(subject, action, type)]),
    ...[scope, ...ceilings].map((rights) => scopePredicate(rights, pair, type)),
  ]);
}

/** Whether a predicate holds for one object. */
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

function rolePredicate({ id, rights: { roles } }: Subject, pair: number): Predicate {
  const site = voteOf(roles.site, pair);
  if (site !== 0) return site === 1 ? ALL : NONE;
  const whole: string[] = [];
  const owned: string[] = [];
  for (const [organizationId, { org, member }] of roles.organizations) {
    const vote = voteOf(org, pair);
    if (vote === 1) whole.push(organizationId);
    else if (vote === 0 && voteOf(member, pair) === 1) owned.push(organizationId);
  }
  const places: Predicate[] = owned.length > 0 ? [{ kind: "organization_in", ids: owned }] : [];
  if (voteOf(roles.user, pair) === 1) places.push({ kind: "no_organization" });
  return any([
    whole.length > 0 ? { kind: "organization_in", ids: whole } : NONE,
    id === "" ? NONE : every([{ kind: "owner_is", id }, any(places)]),
  ]);
}

function sharePredicate({ id, groups, rights }: Subject, action: Action, type: ResourceType): Predicate {
  const organizations = [...rights.roles.organizations.keys()];
  if (!isShareable(type) || organizations.length === 0) return NONE;
  return { kind: "shared_with", userId: id, groups, action, organizations };
}

function scopePredicate({ votes, defaults, list }: ScopeRights, pair: number, type: ResourceType): Predicate {
  if (voteOf(votes, pair) !== 1) return NONE;
  if (list.isEverything || list.wholeTypes.has(type) || voteOf(defaults, pair) === 1) return ALL;
  const ids = [...new Set([...(list.idsByType.get(type) ?? []), ...list.idsOfAnyType])];
  return ids.length === 0 ? NONE : { kind: "id_in", ids };
}

/** Builds the simplest form of `and`. */
function every(parts: readonly Predicate[]): Predicate {
  if (parts.some((part) => part.kind === "none")) return NONE;
  const rest = parts.filter((part) => part.kind !== "all");
  return rest.length === 0 ? ALL : (single(rest) ?? { kind: "and", of: rest });
}

/** Builds the simplest form of `or`. */
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
