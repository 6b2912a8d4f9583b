/** Roles, scopes and allow lists, compiled for decisions: once per subject, and shared by all subjects that have the same ones. */
import type { AllowList } from "./allow-list.ts";
import type { ResourceType } from "./resource-types.ts";
import type { OrganizationPermissions, Role } from "./role.ts";
import type { Scope } from "./scope.ts";
import { highest, NO_VOTES, pool, type VoteSet, voteOf, voteSetOf } from "./vote-set.ts";

export interface Rights {
  readonly roles: RoleRights;
  readonly scope: ScopeRights;
  readonly ceilings: readonly ScopeRights[];
}

export function compileRights(roles: readonly Role[], scope: Scope, ceilings: readonly Scope[]): Rights {
  return { roles: compileRoles(roles), scope: compileScope(scope), ceilings: ceilings.map(compileScope) };
}

export interface OrganizationRights {
  readonly org: VoteSet;
  readonly member: VoteSet;
}

export const NO_ORGANIZATION_RIGHTS: OrganizationRights = { org: NO_VOTES, member: NO_VOTES };

export interface RoleRights {
  readonly site: VoteSet;
  readonly user: VoteSet;
  /** Has an entry for every organization that the subject is in. */
  readonly organizations: ReadonlyMap<string, OrganizationRights>;
  /** For each pair, the best vote among all organizations. */
  readonly anyOrganization: OrganizationRights;
}

const compiledRoles = new WeakMap<readonly Role[], RoleRights>();

function compileRoles(roles: readonly Role[]): RoleRights {
  const cached = compiledRoles.get(roles);
  if (cached !== undefined) return cached;
  const lists = new Map<string, OrganizationPermissions[]>();
  for (const role of roles) {
    for (const [id, permissions] of role.byOrganization) {
      const known = lists.get(id);
      if (known === undefined) lists.set(id, [permissions]);
      else known.push(permissions);
    }
  }
  const combinations = new Combinations();
  const organizations = new Map<string, OrganizationRights>();
  for (const [id, parts] of lists) organizations.set(id, combinations.rightsOf(parts));
  const different = [...new Set(organizations.values())];
  const rights: RoleRights = {
    site: pool(roles.map((role) => voteSetOf(role.site))),
    user: pool(roles.map((role) => voteSetOf(role.user))),
    organizations,
    anyOrganization: { org: highest(different.map(({ org }) => org)), member: highest(different.map(({ member }) => member)) },
  };
  compiledRoles.set(roles, rights);
  return rights;
}

/** Members of many organizations have the same few combinations of roles, so each is pooled once. A tree keyed by the lists' identity. */
class Combinations {
  readonly #next = new Map<OrganizationPermissions, Combinations>();
  #rights: OrganizationRights | undefined;

  rightsOf(parts: readonly OrganizationPermissions[]): OrganizationRights {
    let node: Combinations = this;
    for (const part of parts) {
      const known = node.#next.get(part);
      const next = known ?? new Combinations();
      if (known === undefined) node.#next.set(part, next);
      node = next;
    }
    node.#rights ??= { org: pool(parts.map(({ org }) => voteSetOf(org))), member: pool(parts.map(({ member }) => voteSetOf(member))) };
    return node.#rights;
  }
}

export interface ScopeRights {
  readonly votes: VoteSet;
  readonly defaults: VoteSet;
  readonly list: ListRights;
}

function compileScope({ permissions, defaults, allowList }: Scope): ScopeRights {
  return { votes: voteSetOf(permissions), defaults: voteSetOf(defaults), list: compileList(allowList) };
}

export interface ListRights {
  readonly isEverything: boolean;
  /** Types whose objects are all admitted, including those without an id. */
  readonly wholeTypes: ReadonlySet<ResourceType>;
  readonly idsByType: ReadonlyMap<ResourceType, ReadonlySet<string>>;
  readonly idsOfAnyType: ReadonlySet<string>;
}

const compiledLists = new WeakMap<AllowList, ListRights>();

function compileList(list: AllowList): ListRights {
  const cached = compiledLists.get(list);
  if (cached !== undefined) return cached;
  const wholeTypes = new Set<ResourceType>();
  const idsByType = new Map<ResourceType, Set<string>>();
  const idsOfAnyType = new Set<string>();
  let isEverything = false;
  for (const { type, id } of list) {
    if (type === "*" && id === "*") isEverything = true;
    else if (type === "*") idsOfAnyType.add(id);
    else if (id === "*") wholeTypes.add(type);
    else {
      const known = idsByType.get(type);
      if (known === undefined) idsByType.set(type, new Set([id]));
      else known.add(id);
    }
  }
  const rights: ListRights = { isEverything, wholeTypes, idsByType, idsOfAnyType };
  compiledLists.set(list, rights);
  return rights;
}

/** An object without an id (one still to be created) is admitted only by `*:*` and `type:*`. */
export function isListed(list: ListRights, type: ResourceType, id: string | undefined): boolean {
  if (list.isEverything || list.wholeTypes.has(type)) return true;
  if (id === undefined) return false;
  return (list.idsByType.get(type)?.has(id) ?? false) || list.idsOfAnyType.has(id);
}

/** @param pair of the type and an action */
export function isInScope(scope: ScopeRights, pair: number, type: ResourceType, id: string | undefined): boolean {
  if (voteOf(scope.votes, pair) !== 1) return false;
  return isListed(scope.list, type, id) || voteOf(scope.defaults, pair) === 1;
}
