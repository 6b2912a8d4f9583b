import type { Decision, DenialReason, Refusal } from "./denial.ts";
import { DeniedError } from "./denied-error.ts";
import { type AuthzObject, isShareable, listsAction, organizationOf } from "./object.ts";
import type { Vote } from "./permission.ts";
import type { Action, ResourceType } from "./resource-types.ts";
import { isInScope, isListed, NO_ORGANIZATION_RIGHTS, type OrganizationRights, type RoleRights, type ScopeRights } from "./rights.ts";
import { smallestScope } from "./smallest-scope.ts";
import type { Subject } from "./subject.ts";
import { pairOf, voteOf } from "./vote-set.ts";

const ALLOWED: Decision = { kind: "allowed" };

/**
 * The decision that every request to the server goes through: (roles or the object's ACL) and scope and allow list and every boundary.
 * Allowing allocates no memory, however many organizations and entries there are.
 *
 * @throws RangeError if the type has no such action, or if the object has both `organizationId` and `anyOrganization`
 */
export function decide<T extends ResourceType>(subject: Subject, action: Action<T>, object: AuthzObject<T>): Decision {
  const pair = pairOf(object.type, action);
  const { roles, scope, ceilings } = subject.rights;
  const here = inOrganizationOf(roles, object);
  const isHeld =
    isCarried(
      voteOf(roles.site, pair),
      userVote(subject, pair, object),
      voteOf(here.org, pair),
      isOwnedBy(subject, object) ? voteOf(here.member, pair) : 0,
    ) || isSharedWith(subject, action, object);
  if (isHeld && isInScope(scope, pair, object.type, object.id) && isInEach(ceilings, pair, object)) return ALLOWED;
  return { kind: "denied", reason: explain(subject, action, object, { pair, here, isHeld }) };
}

/** @throws DeniedError with the reason, if the decision is to deny */
export function authorize<T extends ResourceType>(subject: Subject, action: Action<T>, object: AuthzObject<T>): void {
  const decision = decide(subject, action, object);
  if (decision.kind === "denied") throw new DeniedError(decision.reason);
}

/** Combines four votes. A vote of the site decides; else `user` or `org` may allow, or `member` if `org` abstains. */
export function isCarried(site: Vote, user: Vote, org: Vote, member: Vote): boolean {
  if (site !== 0) return site === 1;
  return user === 1 || org === 1 || (org === 0 && member === 1);
}

/** The subject's rights in the object's organization; none if the subject is not a member. */
function inOrganizationOf({ organizations, anyOrganization }: RoleRights, object: AuthzObject): OrganizationRights {
  const id = organizationOf(object);
  if (object.anyOrganization) {
    if (id !== undefined) throw new RangeError("an object cannot have both an organization and anyOrganization");
    return anyOrganization;
  }
  return (id === undefined ? undefined : organizations.get(id)) ?? NO_ORGANIZATION_RIGHTS;
}

/** The user level does not apply to objects that are, or may be, in an organization. */
function userVote(subject: Subject, pair: number, object: AuthzObject): Vote {
  if (object.anyOrganization || organizationOf(object) !== undefined || !isOwnedBy(subject, object)) return 0;
  return voteOf(subject.rights.roles.user, pair);
}

/** Shares apply only to members of the object's organization, and a role's negative permissions do not revoke them. */
function isSharedWith(subject: Subject, action: Action, object: AuthzObject): boolean {
  const organizationId = organizationOf(object);
  if (organizationId === undefined || !isShareable(object.type) || !subject.rights.roles.organizations.has(organizationId)) return false;
  if (listsAction(object.userAcl, subject.id, action) || listsAction(object.groupAcl, organizationId, action)) return true;
  for (const group of subject.groups) if (listsAction(object.groupAcl, group, action)) return true;
  return false;
}

function isInEach(ceilings: readonly ScopeRights[], pair: number, object: AuthzObject): boolean {
  for (const ceiling of ceilings) if (!isInScope(ceiling, pair, object.type, object.id)) return false;
  return true;
}

function isOwnedBy(subject: Subject, object: AuthzObject): boolean {
  return subject.id !== "" && object.ownerId === subject.id;
}

function explain(
  subject: Subject,
  action: Action,
  object: AuthzObject,
  { pair, here, isHeld }: { pair: number; here: OrganizationRights; isHeld: boolean },
): DenialReason {
  const { roles, scope, ceilings } = subject.rights;
  const refusedBy: Refusal[] = [];
  if (!isHeld) {
    const member = isOwnedBy(subject, object) ? voteOf(here.member, pair) : 0;
    const votes = { site: voteOf(roles.site, pair), user: userVote(subject, pair, object), org: voteOf(here.org, pair), member };
    refusedBy.push({ by: "role", votes });
  }
  const refused = refusalsOf(scope, pair, object);
  for (const by of refused) refusedBy.push(by === "scope" ? { by, names: subject.scope.names } : { by });
  for (const [index, ceiling] of ceilings.entries()) {
    const because = refusalsOf(ceiling, pair, object);
    if (because.length > 0) refusedBy.push({ by: "boundary", names: subject.ceilings[index]?.names ?? [], because });
  }
  const needed = refused.includes("scope") ? smallestScope(object.type, action) : undefined;
  return { action, type: object.type, id: object.id, refusedBy, smallestScope: needed };
}

/** Which parts of a scope refuse; empty if the scope allows the action. */
function refusalsOf(scope: ScopeRights, pair: number, { type, id }: AuthzObject): ("scope" | "allow_list")[] {
  if (isInScope(scope, pair, type, id)) return [];
  const names = voteOf(scope.votes, pair) !== 1;
  return [...(names ? (["scope"] as const) : []), ...(isListed(scope.list, type, id) ? [] : (["allow_list"] as const))];
}
