import { expect, test } from "vitest";
import type { Need } from "../http/needs.ts";
import type { Routes } from "../http/routes.ts";
import { scopeCatalog } from "./scope-endpoints.ts";

/** A route for users that needs this. */
function routes(...routesNeeds: readonly (readonly Need[])[]): Routes {
  return {
    everybody: [(app) => void app.get("/open", () => "")],
    users: routesNeeds.map(
      (needs, at) => (app) => void app.get(`/route-${at}`, { schema: { summary: "Does it" }, config: { needs: [...needs] } }, () => ""),
    ),
    agents: [(app) => void app.get("/agent", { config: { needs: ["workspace:read on it or 404"] } }, () => "")],
  };
}

async function endpointsOf(scope: string, ...needs: readonly (readonly Need[])[]) {
  const { scopes } = await scopeCatalog(routes(...needs));
  return scopes
    .find(({ name }) => name === scope)
    ?.endpoints.map(({ path, also_needs, sometimes_needs }) => ({ path, also_needs, sometimes_needs }));
}

const READ: Need = "workspace:read on {workspace} or 404";

test("a scope opens a route that needs it, be it alone or as one of all", async () => {
  const only = [{ path: "/route-0", also_needs: [], sometimes_needs: [] }];
  for (const scope of ["workspace:read", "workspace:*", "coder:all"]) expect(await endpointsOf(scope, [READ]), scope).toEqual(only);
  expect(await endpointsOf("template:read", [READ])).toEqual([]);
});

test("what else the route needs stands beside it: always, or only if", async () => {
  const needs: readonly Need[] = [
    READ,
    "template:use on the template or 404",
    "template:update on the template or 403, if a state is given",
  ];
  expect(await endpointsOf("workspace:read", needs)).toEqual([
    { path: "/route-0", also_needs: ["template:use"], sometimes_needs: ["template:update, if a state is given"] },
  ]);
});

test("what a list leaves out is no need, and a scope of it still opens the list", async () => {
  expect(
    await endpointsOf(
      "template:read",
      ["template:read on each template or less", READ].map((need) => need as Need),
    ),
  ).toEqual([{ path: "/route-0", also_needs: ["workspace:read"], sometimes_needs: [] }]);
  expect(
    await endpointsOf(
      "workspace:read",
      ["template:read on each template or less", READ].map((need) => need as Need),
    ),
  ).toEqual([{ path: "/route-0", also_needs: [], sometimes_needs: [] }]);
});

test("to find whom the path names is a purpose only of a route that asks nothing else", async () => {
  const inPath: Need = "user:read on {user} or 400, if {user} is not me";
  expect(await endpointsOf("user:read", [inPath, READ])).toEqual([]);
  expect(await endpointsOf("user:read", [inPath])).toHaveLength(1);
});

test("routes of agents and of everybody are no scope's", async () => {
  expect(await endpointsOf("workspace:read")).toEqual([]);
});
