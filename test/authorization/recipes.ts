import type { Recipes } from "./recipe.ts";
import { ORGANIZATION_RECIPES } from "./recipes-organizations.ts";
import { PEOPLE_RECIPES } from "./recipes-people.ts";
import { TEMPLATE_RECIPES } from "./recipes-templates.ts";
import { WORKSPACE_RECIPES } from "./recipes-workspaces.ts";

/** How each route for users is asked that has no recipe by default (default-recipes.ts). By method and path below `/api/v2`. */
export const RECIPES: Recipes = { ...PEOPLE_RECIPES, ...ORGANIZATION_RECIPES, ...TEMPLATE_RECIPES, ...WORKSPACE_RECIPES };
