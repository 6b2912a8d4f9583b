/** A caller's questions about its own rights. Answers are the decisions that the store would take, on objects that the caller may see. */

import { formatAllowList } from "#authz/allow-list.ts";
import { decide } from "#authz/decide.ts";
import type { Decision } from "#authz/denial.ts";
import { type AuthzObject, organizationObject, userObject } from "#authz/object.ts";
import type { Permission } from "#authz/permission.ts";
import { isActionOf, isResourceType, RESOURCE_ACTIONS, type ResourceType } from "#authz/resource-types.ts";
import type { Scope } from "#authz/scope.ts";
import type { Subject } from "#authz/subject.ts";
import type { AuthorizationCheck, AuthorizationExplanation, AuthorizationObject, EffectiveScope } from "#sdk/authcheck.ts";
import type { Access } from "../access/access.ts";
import { templateObjectOf, workspaceObjectOf } from "../access/objects.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { OrganizationId, TemplateId, UserId, WorkspaceId } from "../ids.ts";
import { getOrganization } from "../organizations/read-organizations.ts";
import { getUser } from "../people/read-users.ts";
import { getTemplate } from "../templates/read-templates.ts";
import { getWorkspace } from "../workspaces/read-workspaces.ts";
import { FOREIGN_TYPES } from "./foreign-types.ts";

/** In one request. The largest that a dashboard sends has some fifty. */
const MAX_CHECKS = 500;

/**
 * An answer for each check. What is hidden, missing, or no action of its type is answered with no.
 *
 * @throws InvalidInputError for too many checks, an unknown type, or an id that cannot be looked up
 */
export async function answerChecks(access: Access, checks: Readonly<Record<string, AuthorizationCheck>>): Promise<Record<string, boolean>> {
  const asked = Object.entries(checks);
  if (asked.length > MAX_CHECKS)
    throw new InvalidInputError(`at most ${MAX_CHECKS} checks are answered at once`, [
      { field: "checks", detail: `${asked.length} were given.` },
    ]);
  const questions = asked.map(([name, check]) => ({ name, check, type: parseType(check.object, `checks.${name}.object`) }));
  const answers = await Promise.all(
    questions.map(async ({ name, check, type }): Promise<[string, boolean]> => {
      if (type === undefined) return [name, false];
      const object = await findObject(access, check.object, type, `checks.${name}.object`);
      return [name, object !== undefined && decideOn(access.subject, check.action, object)?.kind === "allowed"];
    }),
  );
  return Object.fromEntries(answers);
}

/** @throws InvalidInputError like {@link answerChecks}, and for an unknown action; NotFoundError for what is hidden or missing */
export async function explainCheck(access: Access, check: AuthorizationCheck): Promise<{ decision: Decision; permission: string }> {
  const { subject } = access;
  const type = parseType(check.object, "object");
  const object = type && (await findObject(access, check.object, type, "object"));
  if (object === undefined) throw new NotFoundError(type ?? check.object.resource_type);
  if (object.anyOrganization && (object.organizationId ?? "") !== "")
    throw new InvalidInputError("an object of any organization is in none", [
      { field: "object.any_org", detail: "Not beside organization_id." },
    ]);
  const decision = decideOn(subject, check.action, object);
  if (decision === undefined)
    throw new InvalidInputError(`${object.type} has no such action`, [
      { field: "action", detail: `One of: ${RESOURCE_ACTIONS[object.type].join(", ")}.` },
    ]);
  return { decision, permission: `${object.type}:${check.action}` };
}

/** @param detail a denial in words */
export function explanationOf(
  { scope, ceilings }: Pick<Subject, "scope" | "ceilings">,
  { decision, permission }: { readonly decision: Decision; readonly permission: string },
  detail: string | undefined,
): AuthorizationExplanation {
  const own = { permission, scope: effective(scope), ceilings: ceilings.map(effective) };
  if (decision.kind === "allowed") return { allowed: true, refused_by: [], ...own };
  const { refusedBy, smallestScope } = decision.reason;
  const role = refusedBy.find((refusal) => refusal.by === "role");
  return {
    allowed: false,
    refused_by: [...new Set(refusedBy.map(({ by }) => by))],
    ...(detail !== undefined && { detail }),
    ...(role !== undefined && { votes: { ...role.votes } }),
    ...(smallestScope !== undefined && { smallest_scope: smallestScope }),
    ...own,
  };
}

function effective({ names, permissions, allowList, defaults }: Scope): EffectiveScope {
  const text = ({ type, action }: Permission): string => `${type}:${action}`;
  return {
    names: [...names],
    permissions: permissions.map(text),
    allow_list: [...formatAllowList(allowList)],
    defaults: defaults.map(text),
  };
}

/** Undefined for an action that the type does not have, and for an object both in an organization and in any. */
function decideOn(subject: Subject, action: string, object: AuthzObject): Decision | undefined {
  if (object.anyOrganization && (object.organizationId ?? "") !== "") return undefined;
  return isActionOf(object.type, action) ? decide(subject, action, object) : undefined;
}

/** Undefined for a type of the Coder API that Proviso does not have. */
function parseType({ resource_type: type }: AuthorizationObject, field: string): ResourceType | undefined {
  if (isResourceType(type)) return type;
  if (FOREIGN_TYPES.has(type)) return undefined;
  throw new InvalidInputError(`${field} has no known resource_type`, [
    {
      field: `${field}.resource_type`,
      detail: type === "" ? "This field is required." : `There is no type ${JSON.stringify(type.slice(0, 64))}.`,
    },
  ]);
}

/** Undefined for what the caller may not see, as for what does not exist. */
async function findObject(
  access: Access,
  {
    owner_id: owner = "",
    organization_id: organizationId = "",
    resource_id: id = "",
    any_org: anyOrganization = false,
  }: AuthorizationObject,
  type: ResourceType,
  field: string,
): Promise<AuthzObject | undefined> {
  if (id === "") {
    const ownerId = owner === "me" ? access.subject.id : owner;
    return { type, ownerId, organizationId, ...(anyOrganization && { anyOrganization }) };
  }
  try {
    return await lookUp(access, type, id, field);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

async function lookUp(access: Access, type: ResourceType, id: string, field: string): Promise<AuthzObject> {
  switch (type) {
    case "workspace":
    case "workspace_dormant":
      return workspaceObjectOf(await getWorkspace(access, WorkspaceId.parse(id)));
    case "template":
      return templateObjectOf(await getTemplate(access, TemplateId.parse(id)));
    case "user":
      return userObject((await getUser(access, UserId.parse(id))).id);
    case "organization":
      return organizationObject((await getOrganization(access, OrganizationId.parse(id))).id);
    case "group":
      // There is none yet, whatever its id.
      throw new NotFoundError("group");
    default:
      throw new InvalidInputError(`a ${type} cannot be looked up`, [
        { field: `${field}.resource_id`, detail: `Leave it out for the type ${type}.` },
      ]);
  }
}
