/** Which recipe a route is asked by: its own, or the one that every plain GET below the same path has. */
import type { Recipe, Recipes, RecipesOf, Side } from "./recipe.ts";
import { RECIPES } from "./recipes.ts";
import type { Rule } from "./rules.ts";

const PREFIX = "/api/v2";

/** What the path names, by how it begins. `{user}`, `{organization}` and `{template}` are the side's without being said. */
const BELOW: readonly { readonly path: string; readonly names: (side: Side) => Recipe["path"] }[] = [
  { path: "/organizations/{organization}", names: () => ({}) },
  { path: "/templates/{template}", names: () => ({}) },
  { path: "/templateversions/{id}", names: ({ template }) => ({ id: template.version.id }) },
  { path: "/users/{user}", names: () => ({}) },
  { path: "/workspaceagents/{agent}", names: ({ person }) => ({ agent: person.workspace.agent }) },
  { path: "/workspacebuilds/{id}", names: ({ person }) => ({ id: person.workspace.build }) },
  { path: "/workspaces/{workspace}", names: ({ person }) => ({ workspace: person.workspace.id }) },
];

/** The recipes of all routes for users, by their whole path. @throws Error for a route that none says how to ask, and a recipe of no route */
export function recipesOf(rules: readonly Rule[]): Recipes {
  const routes = rules.filter(({ audience }) => audience === "users");
  const known = new Set(routes.map(({ route }) => route));
  const lost = Object.keys(RECIPES).filter((route) => !known.has(whole(route)));
  if (lost.length > 0) throw new Error(`recipes.ts has recipes of routes that are not there: ${lost.join(", ")}`);
  return Object.fromEntries(routes.map((rule) => [rule.route, recipeOf(rule)]));
}

function recipeOf(rule: Rule): RecipesOf {
  const recipe = RECIPES[rule.route.replace(PREFIX, "")] ?? defaultRecipe(rule);
  if (recipe === undefined) throw new Error(`${rule.route}: recipes.ts does not say how it is asked`);
  return recipe;
}

/**
 * Of a GET whose path the scene can fill in, which asks the same every time and stands or falls with it. What a list leaves out is only seen
 * by who knows its answer, so it needs a recipe.
 */
function defaultRecipe({ route, needs }: Rule): RecipesOf | undefined {
  const below = BELOW.find(({ path }) => `${route}/`.startsWith(`GET ${PREFIX}${path}/`));
  const isPlain = needs.every((need) => !need.endsWith(" or less") && (!need.includes(", if ") || KNOWN_CONDITIONS.test(need)));
  if (below === undefined || !isPlain) return undefined;
  return (side) => ({ status: 200, path: { ...below.names(side) } });
}

/** What the path itself tells. */
const KNOWN_CONDITIONS = /, if (\{user\} is not me|the caller is not in it)$/;

function whole(route: string): string {
  return route.replace(" ", ` ${PREFIX}`);
}
