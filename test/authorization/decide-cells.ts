/**
 * The matrix in memory: what the server's own guard says of each cell when it is asked what the route states, held against the tables. No route
 * runs, and no query.
 */
import { decide } from "#authz/decide.ts";
import type { Acl, AuthzObject } from "#authz/object.ts";
import { filter, matches } from "#authz/predicate.ts";
import { type Action, isActionOf, isResourceType, type ResourceType } from "#authz/resource-types.ts";
import type { Subject } from "#authz/subject.ts";
import { createGuard, type Guard } from "#server/access/guard.ts";
import { subjectOfKey } from "#server/access/subject-of-key.ts";
import { ForbiddenError, NotFoundError } from "#server/errors.ts";
import { describedRoutes } from "#server/features.ts";
import { parseNeed } from "#server/http/needs.ts";
import { UserId } from "#server/ids.ts";
import { type Case, isAsked, thingOf } from "./cases.ts";
import { cellsOf, expectedOf, nameOf, type Tables } from "./cells.ts";
import type { Expected, RuleLine } from "./expect-answer.ts";
import { allows, type Holder, type Thing, typeOf } from "./grants.ts";
import type { PaperScene, Roles } from "./paper-scene.ts";
import type { Recipes } from "./recipe.ts";

export interface DecisionReport {
  readonly cells: number;
  readonly decisions: number;
  readonly disagreements: readonly string[];
}

/** What each route says that it asks, by its whole path. */
export async function statedNeeds(): Promise<ReadonlyMap<string, readonly RuleLine[]>> {
  const lineOf = (need: string): RuleLine => {
    const { permission, object, refusal, condition } = parseNeed(need);
    return { permission, what: object, refusal, condition };
  };
  return new Map((await describedRoutes()).map(({ method, path, needs = [] }) => [`${method} ${path}`, needs.map(lineOf)]));
}

/**
 * Asks every need of every cell, those behind a refusal as well, and then the cell's needs one after the other, as the route would: each with
 * the question of the guard that its refusal stands for.
 */
export function decideCells(
  scene: PaperScene,
  recipes: Recipes,
  tables: Tables,
  needs: ReadonlyMap<string, readonly RuleLine[]>,
): DecisionReport {
  const { grants } = tables;
  const disagreements: string[] = [];
  const subjectOf = subjectsOf(scene);
  let cells = 0;
  let decisions = 0;
  for (const ofRoute of cellsOf(scene, recipes, tables))
    for (const cell of ofRoute) {
      cells++;
      const { route, request, holder } = cell;
      const subject = subjectOf(holder);
      const asked = (needs.get(route) ?? []).filter((line) => isAsked(line, request));
      const complain = (what: string): void => void disagreements.push(`${nameOf(cell)}: ${what}`);
      for (const line of asked) {
        const thing = thingOf(line, request);
        if (thing.isMissing === true) continue;
        decisions++;
        const { type, action, object } = questionOf(scene, line, thing);
        const isAllowed = allows(grants, holder, line.permission, thing);
        const { kind } = decide(subject, action, object);
        if ((kind === "allowed") !== isAllowed) complain(`${line.permission} on ${line.what} is ${kind}`);
        if (matches(filter(subject, action, type), object) !== isAllowed) complain(`a list of ${line.permission} does not agree`);
      }
      // What is refused beyond the needs is the route's own affair, and so is a part of the path that no need is about.
      const expected = expectedOf(grants, cell, { isRefused: () => false, isPathMissing: false });
      const answer = answerOf(scene, request, asked, createGuard(subject));
      if (!isSame(answer, expected)) complain(`wanted ${JSON.stringify(expected)}, got ${JSON.stringify(answer)}`);
    }
  return { cells, decisions, disagreements };
}

/** The subjects that tokens of a scope and a list would give, each made once. */
function subjectsOf({ roles }: PaperScene): (holder: Holder) => Subject {
  const made = new Map<string, Subject>();
  return (holder) => {
    const name = `${holder.caller} ${holder.scope.name} ${holder.allowList.join()}`;
    const known = made.get(name);
    if (known !== undefined) return known;
    const subject = subjectOf(holder, holder.caller === "olive" ? roles.olive : roles.mia);
    made.set(name, subject);
    return subject;
  };
}

function subjectOf({ id, scope, allowList }: Holder, roles: Roles): Subject {
  const key = { id: "0123456789", user_id: UserId.parse(id), login_type: "token", scopes: [scope.name], allow_list: allowList } as const;
  const found = subjectOfKey({ ...key, ceilings: [] }, roles, (role) => {
    throw new Error(`the server does not know the role ${role}`);
  });
  if (found.kind === "unknown") throw new Error(found.problem);
  return found.subject;
}

interface AccessQuestion {
  readonly type: ResourceType;
  readonly action: Action;
  readonly object: AuthzObject;
}

/** What the tables say of a thing, as authz takes it. */
function questionOf({ home, far }: PaperScene, { permission }: RuleLine, { id, owner, organization, isShared }: Thing): AccessQuestion {
  const type = typeOf(permission);
  const action = permission.slice(type.length + 1);
  if (!isResourceType(type) || !isActionOf(type, action)) throw new Error(`authz does not know ${permission}`);
  const organizationId = [home, far].find(({ name }) => name === organization)?.id;
  const groupAcl = isShared === true && organizationId !== undefined ? sharesWith(organizationId) : {};
  return { type, action, object: { type, id, ownerId: owner, organizationId, groupAcl } };
}

/** What everybody in the organization of a template may do that is not hidden from them. */
export function sharesWith(organizationId: string): Acl {
  return { [organizationId]: ["read", "use"] };
}

function answerOf(scene: PaperScene, request: Case, asked: readonly RuleLine[], guard: Guard): Expected {
  let isLeftOut = false;
  for (const line of asked) {
    const thing = thingOf(line, request);
    const refusal = refusalOf(scene, line, thing, guard);
    if (refusal === undefined) continue;
    if (refusal !== "less") return { ...refusal, isLeftOut };
    isLeftOut = true;
  }
  return { status: undefined, isLeftOut };
}

function refusalOf(scene: PaperScene, line: RuleLine, thing: Thing, guard: Guard): Pick<Expected, "status" | "text"> | "less" | undefined {
  if (line.refusal === "less" || line.refusal === "400") {
    if (thing.isMissing !== true && isListed(scene, line, thing, guard)) return undefined;
    return line.refusal === "less" ? "less" : { status: 400 };
  }
  // There is no row to ask about.
  if (thing.isMissing === true) return { status: 404 };
  const { action, object } = questionOf(scene, line, thing);
  try {
    if (line.refusal === "403") guard.requireOpenly(action, object);
    else if (line.refusal === "403/404") guard.require(action, object, "thing");
    else if (action === "read") guard.read(object, "thing");
    else if (!isListed(scene, line, thing, guard)) throw new NotFoundError("thing");
    return undefined;
  } catch (error) {
    if (error instanceof NotFoundError) return { status: 404 };
    if (error instanceof ForbiddenError) return { status: 403, text: `needs \`${object.type}:${action}\`` };
    throw error;
  }
}

function isListed(scene: PaperScene, line: RuleLine, thing: Thing, guard: Guard): boolean {
  const { type, action, object } = questionOf(scene, line, thing);
  return matches(guard.filter(action, type), object);
}

function isSame(a: Expected, b: Expected): boolean {
  return a.status === b.status && a.text === b.text && a.isLeftOut === b.isLeftOut;
}
