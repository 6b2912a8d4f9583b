import { isOnAllowList } from "./allow-list.ts";
import { ForbiddenError } from "./forbidden-error.ts";
import type { Acl, AuthzObject } from "./object.ts";
import { type Permission, type Vote, vote } from "./permission.ts";
import { type Action, isActionOf, type ResourceType } from "./resource-types.ts";
import type { OrganizationPermissions, Subject } from "./subject.ts";

/** What stands in the way. Each one alone would have refused. */
export type Refusal =
  | { readonly by: "role"; readonly votes: Votes }
  | { readonly by: "scope"; readonly names: readonly string[] }
  | { readonly by: "allow_list" };

/** Why not: for logs and explanations. The caller of an API learns only that it was refused. */
export interface DenialReason {
  readonly action: Action;
  readonly type: ResourceType;
  readonly id: string | undefined;
  /** At least one, in the order role, scope, allow list. */
  readonly refusedBy: readonly Refusal[];
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
 * The decision that everything in the server goes through: (roles or the object's ACL) and scope and allow list.
 *
 * @throws RangeError if the type has no such action, or the object names an organization and any organization at once
 */
export function decide<T extends ResourceType>(subject: Subject, action: Action<T>, object: AuthzObject<T>): Decision {
  if (!isActionOf(object.type, action)) throw new RangeError(`${object.type} has no action ${action}`);
  const refusedBy: Refusal[] = [];
  const votes = roleVotes(subject, action, object);
  if (!isCarried(votes) && !isGrantedByAcl(subject, action, object)) refusedBy.push({ by: "role", votes });
  const { scope } = subject;
  if (vote(scope.permissions, object.type, action) !== 1) refusedBy.push({ by: "scope", names: scope.names });
  if (!isOnAllowList(scope.allowList, object)) refusedBy.push({ by: "allow_list" });
  return refusedBy.length === 0 ? ALLOWED : { kind: "denied", reason: { action, type: object.type, id: object.id, refusedBy } };
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
  if (organizationId === undefined || inOrganization(subject, organizationId).length === 0) return false;
  const lists = (acl: Acl | undefined, id: string): boolean => {
    if (acl === undefined || !Object.hasOwn(acl, id)) return false;
    return acl[id]?.some((listed) => listed === "*" || listed === action) ?? false;
  };
  return lists(object.userAcl, subject.id) || [organizationId, ...subject.groups].some((group) => lists(object.groupAcl, group));
}

const NO_ORGANIZATION = "00000000-0000-0000-0000-000000000000";

function organizationOf(object: AuthzObject): string | undefined {
  return object.organizationId === "" || object.organizationId === NO_ORGANIZATION ? undefined : object.organizationId;
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
