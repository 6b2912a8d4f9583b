import { expect, test } from "vitest";
import { casesOf } from "./cases.ts";
import { recipesOf } from "./default-recipes.ts";
import { paperScene } from "./paper-scene.ts";
import { readRules } from "./rules.ts";

const withRule = (route: string, ...needs: readonly string[]) => recipesOf([...readRules(), { route, audience: "users", needs }])[route];

for (const { path, need } of [
  { path: "/organizations/{organization}/new", need: "organization:read on {organization} or 404, if the caller is not in it" },
  { path: "/templates/{template}/new", need: "template:read on {template} or 404" },
  { path: "/templateversions/{id}/new", need: "template:read on the template of {id} or 404" },
  { path: "/users/{user}/new", need: "user:read on {user} or 400, if {user} is not me" },
  { path: "/workspaceagents/{agent}/new", need: "workspace:read on the workspace of {agent} or 404" },
  { path: "/workspacebuilds/{id}/new", need: "workspace:read on the workspace of {id} or 404" },
  { path: "/workspaces/{workspace}/new", need: "workspace:read on {workspace} or 404" },
])
  test(`a new plain GET of ${path} needs no recipe of its own`, () => {
    const scene = paperScene();
    const route = `GET /api/v2${path}`;
    const recipe = withRule(route, need);
    if (recipe === undefined) throw new Error("it has none");
    const cases = casesOf(scene, scene.mia, route, recipe);
    expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining(["own 0", "foreign 0", expect.stringMatching(/^missing /)]));
    expect(cases.filter(({ url }) => url.includes("{") || url.includes("undefined"))).toEqual([]);
  });

for (const { what, route, need } of [
  { what: "changes something", route: "PUT /api/v2/workspaces/{workspace}/new", need: "workspace:update on {workspace} or 403/404" },
  { what: "leaves something out", route: "GET /api/v2/templates/{template}/new", need: "workspace:read on each workspace or less" },
  {
    what: "does not always ask",
    route: "GET /api/v2/workspaces/{workspace}/new",
    need: "workspace:read on {workspace} or 404, if it rains",
  },
  { what: "stands elsewhere", route: "GET /api/v2/new/{id}", need: "workspace:read on {id} or 404" },
])
  test(`a new route that ${what} needs a recipe`, () => {
    expect(() => withRule(route, need)).toThrow("does not say how it is asked");
  });
