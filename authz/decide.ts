import { isOnAllowList } from "./allow-list.ts";
import { ForbiddenError } from "./forbidden-error.ts";
import { type AuthzObject, isShareable, listsAction, organizationOf } from "./object.ts";
import { type Permission, type Vote, vote } from "./permission.ts";
import { type Action, isActionOf, type ResourceType } from "./resource-types.ts";
import type { OrganizationPermissions } from "./role.ts";
import type { Scope } from "./scope.ts";
import { smallestScope } from "./smallest-scope.ts";
import type { Subject } from "./subject.ts";

/** What stands in the way. Each one alone would have refused. */
export type Refusal =
  | { readonly by: "role"; readonly votes: Votes }
  | { readonly by: "scope"; readonly names: readonly string[] }
  | { readonly by: "allow_list" }
  /** One of the boundaries that the key was minted inside of; `names` are that boundary's scopes. */
  | { readonly by: "boundary"; readonly names: readonly string[]; readonly because: readonly ("scope" | "allow_list")[] };

/** Why not: for logs and explanations. The caller of an API learns only that it was refused. */
export interface DenialReason {
  readonly action: Action;
  readonly type: ResourceType;
  readonly id: string | undefined;
  /** At least one, in the order role, scope, allow list, boundary. */
  readonly refusedBy: readonly Refusal[];
  /** The smallest public scope that allows the action, whoever else refuses; undefined when the scope allows it already. */
  readonly smallestScope: string | undefined;
}

export type Decision = { readonly kind: "allowed" } | { readonly kind: "denied"; readonly reason: DenialReason };

/** What all roles together say at each level; 0 where a level does not apply. */
export interface Votes {
  readonly site: Vote;
  readonly user: Vote;
  readonly org: Vote;
  readonly member: Vote;
}

const ALLOWED: Decision = { kind: "allowed" };

/**
 * The decision that everything in the server goes through: (roles or the object's ACL) and scope and allow list and every boundary.
 *
 * @throws RangeError if the type has no such action, or the object names an organization and any organization at once
 */
export function decide<T extends ResourceType>(subject: Subject, action: Action<T>, object: AuthzObject<T>): Decision {
  if (!isActionOf(object.type, action)) throw new RangeError(`${object.type} has no action ${action}`);
  const refusedBy: Refusal[] = [];
  const votes = roleVotes(subject, action, object);
  if (!isCarried(votes) && !isGrantedByAcl(subject, action, object)) refusedBy.push({ by: "role", votes });
  const refused = scopeRefusals(subject.scope, action, object);
  for (const by of refused) refusedBy.push(by === "scope" ? { by, names: subject.scope.names } : { by });
  for (const ceiling of subject.ceilings) {
    const because = scopeRefusals(ceiling, action, object);
    if (because.length > 0) refusedBy.push({ by: "boundary", names: ceiling.names, because });
  }
  if (refusedBy.length === 0) return ALLOWED;
  const smallest = refused.includes("scope") ? smallestScope(object.type, action) : undefined;
  return { kind: "denied", reason: { action, type: object.type, id: object.id, refusedBy, smallestScope: smallest } };
}

function scopeRefusals(scope: Scope, action: Action, object: AuthzObject): ("scope" | "allow_list")[] {
  if (vote(scope.permissions, object.type, action) !== 1)
    return isOnAllowList(scope.allowList, object) ? ["scope"] : ["scope", "allow_list"];
  return isOnAllowList(scope.allowList, object) || vote(scope.defaults, object.type, action) === 1 ? [] : ["allow_list"];
}

/** @throws ForbiddenError with the reason, unless the decision is to allow */
export function authorize<T extends ResourceType>(subject: Subject, action: Action<T>, object: AuthzObject<T>): void {
  const decision = decide(subject, action, object);
  if (decision.kind === "denied") throw new ForbiddenError(decision.reason);
}

function roleVotes(subject: Subject, action: Action, object: AuthzObject): Votes {
  const organizationId = organizationOf(object);
  if (organizationId !== undefined && object.anyOrganization) throw new RangeError("an object of any organization is in none");
  const voteOn = (lists: Iterable<readonly Permission[]>): Vote => vote(pooled(lists), object.type, action);
  const site = voteOn(subject.roles.map((role) => role.site));
  const isOwn = isOwnedBy(subject, object);

  if (object.anyOrganization) {
    const ids = new Set(subject.roles.flatMap((role) => [...role.byOrganization.keys()]));
    const each = [...ids].map((id) => inOrganization(subject, id));
    const highest = (level: keyof OrganizationPermissions): Vote =>
      each.reduce<Vote>((best, roles) => highestOf(best, voteOn(roles.map((role) => role[level]))), each.length === 0 ? 0 : -1);
    return { site, user: 0, org: highest("org"), member: isOwn ? highest("member") : 0 };
  }
  if (organizationId === undefined) return { site, user: isOwn ? voteOn(subject.roles.map((role) => role.user)) : 0, org: 0, member: 0 };
  const roles = inOrganization(subject, organizationId);
  return {
    site,
    user: 0,
    org: voteOn(roles.map((role) => role.org)),
    member: isOwn ? voteOn(roles.map((role) => role.member)) : 0,
  };
}

/** A level is asked only when those above it abstain or allow; an allowing site ends the question. */
export function isCarried({ site, user, org, member }: Votes): boolean {
  if (site !== 0) return site === 1;
  return user === 1 || org === 1 || (org === 0 && member === 1);
}

/** Shares count for members of the object's organization only, and no negative permission of a role takes them back. */
function isGrantedByAcl(subject: Subject, action: Action, object: AuthzObject): boolean {
  const organizationId = organizationOf(object);
  if (organizationId === undefined || !isShareable(object.type) || inOrganization(subject, organizationId).length === 0) return false;
  return (
    listsAction(object.userAcl, subject.id, action) ||
    [organizationId, ...subject.groups].some((group) => listsAction(object.groupAcl, group, action))
  );
}

function isOwnedBy(subject: Subject, object: AuthzObject): boolean {
  return subject.id !== "" && object.ownerId === subject.id;
}

function inOrganization(subject: Subject, organizationId: string): OrganizationPermissions[] {
  return subject.roles.flatMap((role) => role.byOrganization.get(organizationId) ?? []);
}

function* pooled(lists: Iterable<readonly Permission[]>): Generator<Permission> {
  for (const list of lists) yield* list;
}

function highestOf(left: Vote, right: Vote): Vote {
  return left > right ? left : right;
}
