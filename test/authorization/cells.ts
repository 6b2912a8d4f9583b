/** The whole product: every route, with every public scope and every form of allow list, in every case, as each caller. */
import { type Case, casesOf, isAsked, thingOf } from "./cases.ts";
import { type Expected, expectAnswer, parseLine, type Question, type RuleLine } from "./expect-answer.ts";
import { allows, type Beyond, type Grants, type Holder, readGrants, type Thing, typeOf } from "./grants.ts";
import type { Recipes } from "./recipe.ts";
import { type Rule, readRules } from "./rules.ts";
import type { Scene } from "./scene.ts";

/** All that the matrix expects follows from these. */
export interface Tables {
  readonly grants: Grants;
  readonly rules: readonly Rule[];
}

export function readTables(): Tables {
  return { grants: readGrants(), rules: readRules() };
}

/** One request with one token. */
export interface Cell {
  readonly route: string;
  readonly lines: readonly RuleLine[];
  readonly beyond: readonly Beyond[];
  readonly request: Case;
  /** Of the lines, those whose conditions hold. */
  readonly asked: readonly RuleLine[];
  readonly form: ListForm;
  readonly holder: Holder;
}

/**
 * - `everything`: admits everything
 * - `just this`: names just what is asked about
 * - `the last`: names only the last of it, and so leaves helper types unmentioned
 * - `others`: mentions the same types and admits nothing of what is asked about
 */
export type ListForm = "everything" | "just this" | "the last" | "others";

/** Nothing of what is asked about has it. */
const OTHER_ID = "88888888-8888-4888-8888-888888888888";

/**
 * Those of each route in turn.
 *
 * @param recipes of the routes that are meant, by their whole path
 * @throws Error for a route that rules.md does not have
 */
export function* cellsOf(scene: Scene, recipes: Recipes, { grants, rules }: Tables): Generator<readonly Cell[]> {
  const linesOf = new Map(rules.map(({ route, needs }) => [route, needs.map(parseLine)]));
  for (const [route, recipesOf] of Object.entries(recipes)) {
    const lines = linesOf.get(route);
    if (lines === undefined) throw new Error(`rules.md has no ${route}`);
    const beyond = grants.beyond.filter((one) => one.route === route);
    const cases = [scene.mia, scene.olive].flatMap((caller) => casesOf(scene, caller, route, recipesOf));
    yield cases.flatMap((request) => {
      const asked = lines.filter((line) => isAsked(line, request));
      return allowListsOf(asked, request).flatMap(({ form, allowList }) =>
        grants.scopes.map((scope) => {
          const holder = { caller: request.caller.username, id: request.caller.id, scope, allowList };
          return { route, lines, beyond, request, asked, form, holder };
        }),
      );
    });
  }
}

/** For messages; no other cell has it. */
export function nameOf({ route, request, holder, form }: Cell): string {
  return `${route}, ${request.name}, ${holder.caller} with ${holder.scope.name} on ${form === "everything" ? "*:*" : form}`;
}

/** @param other what the question is to be instead, for who asks how much would be noticed */
export function expectedOf(grants: Grants, { lines, beyond, request, asked, holder }: Cell, other: Partial<Question> = {}): Expected {
  return expectAnswer(grants, {
    lines,
    beyond,
    holder,
    thing: (line) => thingOf(line, request),
    isAsked: (line) => asked.includes(line),
    isRefused: (refusal) => isRefused(grants, refusal, request, holder),
    isPathMissing: request.missing !== undefined,
    ...other,
  });
}

function isRefused(grants: Grants, { refused }: Beyond, { things, caller, recipe }: Case, holder: Holder): boolean {
  switch (refused) {
    case "every token":
      return true;
    case "a token for another user than its own":
    case "everybody but oneself":
    case "widening a token of another user":
      return things.user?.id !== caller.id;
    case "a build that has begun, unless one may update its template": {
      const template = things["template on the workspace's template"];
      const hasBegun = recipe.when?.["the build has begun and the template does not let its users cancel"] === true;
      return hasBegun && template !== undefined && !allows(grants, holder, "template:update", template);
    }
    case "oneself":
      return things.user?.id === caller.id;
    case "raising a token to `coder:all` or `type:*` on `*:*`, unless an owner does":
      return caller.username !== "olive" && /^coder:all$|:\*$/.test(holder.scope.name) && holder.allowList.includes("*:*");
    case "a token without `coder:all`, or whose allow list lacks `*:*`":
      return holder.scope.name !== "coder:all" || !holder.allowList.includes("*:*");
    default:
      throw new Error(`grants.md: nobody knows what ${JSON.stringify(refused)} is`);
  }
}

function allowListsOf(asked: readonly RuleLine[], request: Case): readonly { form: ListForm; allowList: readonly string[] }[] {
  const about = asked.map((line) => ({ line, type: typeOf(line.permission), thing: thingOf(line, request) }));
  if (about.length === 0)
    return [
      { form: "everything", allowList: ["*:*"] },
      { form: "others", allowList: [`workspace:${OTHER_ID}`] },
    ];
  const entry = (type: string, { id }: Thing): string => `${type}:${id ?? "*"}`;
  const last = about.findLast(({ line, thing }) => line.refusal !== "less" && thing.id !== undefined) ?? about.at(-1);
  const lists: Readonly<Record<ListForm, readonly string[]>> = {
    everything: ["*:*"],
    "just this": about.map(({ type, thing }) => entry(type, thing)),
    "the last": last === undefined ? [] : [entry(last.type, last.thing)],
    others: about.map(({ type }) => `${type}:${OTHER_ID}`),
  };
  const forms: readonly ListForm[] = ["everything", "just this", "the last", "others"];
  // Where two forms are one list, the first stands for both.
  const byText = new Map<string, { form: ListForm; allowList: readonly string[] }>();
  for (const form of forms) {
    const allowList = [...new Set(lists[form])].toSorted();
    if (!byText.has(allowList.join())) byText.set(allowList.join(), { form, allowList });
  }
  return [...byText.values()];
}
