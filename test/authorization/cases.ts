/** The requests by which a route is asked: for what is one's own, somebody else's, and nobody's. */
import type { RuleLine } from "./expect-answer.ts";
import { type Thing, typeOf } from "./grants.ts";
import { NO_ID, type Recipe, type RecipesOf, type Side, thingsOf } from "./recipe.ts";
import type { Scene, ScenePerson } from "./scene.ts";

/** One request, but for the credential that it comes with. */
export interface Case {
  /** For messages; each of a route's has another. */
  readonly name: string;
  readonly caller: ScenePerson;
  readonly method: string;
  readonly url: string;
  readonly recipe: Recipe;
  readonly things: Readonly<Record<string, Thing>>;
  readonly user: string | undefined;
  /** Whether the caller is in the organization that the path names. */
  readonly isIn: boolean;
  /** Which parameter of the path names nothing. */
  readonly missing: string | undefined;
}

/** @param route with its whole path @throws Error if the recipe leaves something of the path out */
export function casesOf(scene: Scene, caller: ScenePerson, route: string, recipesOf: RecipesOf): readonly Case[] {
  const own: Side = { scene, which: "own", caller, person: caller, organization: scene.home, template: scene.template };
  const foreign: Side = { ...own, which: "foreign", person: scene.finn, organization: scene.far, template: scene.hiddenTemplate };
  const recipes = { own: [recipesOf(own)].flat(), foreign: [recipesOf(foreign)].flat() };
  const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const make = (side: Side, recipe: Recipe, name: string, replaced: Record<string, string> = {}, missing?: string): Case => {
    const standard = { user: side.person.username, organization: side.organization.name, template: side.template.id };
    const path: Record<string, string> = { ...standard, ...recipe.path, ...replaced };
    const [method = "", template = ""] = route.split(" ");
    const url = template.replace(/\{(\w+)\}/g, (_, one: string) => {
      const value = path[one];
      if (value === undefined) throw new Error(`${route}: the recipe does not say what {${one}} is`);
      return value;
    });
    const defaults = thingsOf(side);
    // What a line names word by word comes before what is known of its type only.
    const things = {
      ...only(defaults, false),
      ...only(recipe.things ?? {}, false),
      ...only(defaults, true),
      ...only(recipe.things ?? {}, true),
    };
    const user = names.includes("user") ? path.user : undefined;
    const isIn = caller.organizations.includes(path.organization ?? "");
    return { name, caller, method, url: url + (recipe.query ?? ""), recipe, things, user, isIn, missing };
  };
  const cases = [
    ...recipes.own.map((recipe, index) => make(own, recipe, `own ${index}`)),
    ...recipes.foreign.map((recipe, index) => make(foreign, recipe, `foreign ${index}`)),
  ];
  const [first] = recipes.own;
  if (first === undefined) throw new Error(`${route}: no recipe`);
  if (names.includes("user") && first.path?.user === undefined) cases.push(make(own, first, "me", { user: "me" }));
  for (const name of names.filter((one) => !first.ignores?.includes(one))) {
    const value = name === "user" ? caller.username : (first.path?.[name] ?? (name === "template" ? NO_ID : ""));
    cases.push(make(own, first, `missing ${name}`, { [name]: missingLike(value) }, name));
  }
  return cases;
}

function only(things: Readonly<Record<string, Thing>>, isWordByWord: boolean): Record<string, Thing> {
  return Object.fromEntries(Object.entries(things).filter(([key]) => key.includes(" on ") === isWordByWord));
}

function missingLike(value: string): string {
  if (/^[0-9a-f-]{36}$/.test(value)) return NO_ID;
  return /^\d+$/.test(value) ? "99" : "nobody";
}

/** Whether the line's condition holds. @throws Error if the recipe does not say */
export function isAsked({ condition }: RuleLine, { recipe, user, isIn }: Case): boolean {
  if (condition === undefined) return true;
  if (condition === "{user} is not me") return user !== "me";
  if (condition === "the caller is not in it") return !isIn;
  const holds = recipe.when?.[condition];
  if (holds === undefined) throw new Error(`the recipe does not say whether ${JSON.stringify(condition)}`);
  return holds;
}

/** What a line asks about in this case. @throws Error if nobody says */
export function thingOf({ permission, what }: RuleLine, { things, missing }: Case): Thing {
  const type = typeOf(permission);
  const found = things[`${type} on ${what}`] ?? things[type];
  if (found === undefined) throw new Error(`nobody knows what ${permission} on ${what} is about`);
  return missing !== undefined && isNamedBy(missing, type, what) ? { id: NO_ID, isMissing: true } : found;
}

/** Whether a line is about what this parameter of the path names. */
function isNamedBy(parameter: string, type: string, what: string): boolean {
  if (parameter === "user") return what === "{user}";
  if (parameter === "organization") return what === "{organization}";
  return !["user", "organization", "assign_role", "assign_org_role"].includes(type) && !what.includes("{organization}");
}
