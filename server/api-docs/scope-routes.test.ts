import { expect, test } from "vitest";
import { CATALOG } from "#authz/scope-catalog.ts";
import { APIKeyScopes } from "#sdk/api-key-scopes.ts";
import { ScopeCatalog, type ScopeCatalogEntry } from "#sdk/auth-scopes.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { call, openServerWorld } from "#test/server/server-world.ts";
import { describedRoutes, unusedRoutes } from "../features.ts";
import { scopeCatalog } from "./scope-endpoints.ts";

test("the scopes are listed for everybody, sorted, and are those of the SDK", async () => {
  await using world = await openServerWorld();
  const { status, json } = await call(world.url, "GET", "/api/v2/auth/scopes");
  expect([status, json]).toEqual([200, { external: [...APIKeyScopes] }]);
  expect(json.external).toEqual(json.external.toSorted());
  for (const name of ["all", "application_connect", "no_user_data", "debug_info:read", "*:*"]) expect(json.external).not.toContain(name);
});

test("the catalog needs no credential either, and is the same every time", async () => {
  await using world = await openServerWorld();
  const first = await call(world.url, "GET", "/api/v2/auth/scopes/catalog");
  expect(first.status).toBe(200);
  expectShape(ScopeCatalog, first.json);
  expect(first.json).toEqual(await scopeCatalog(unusedRoutes()));
  expect((await call(world.url, "GET", "/api/v2/auth/scopes/catalog")).text).toBe(first.text);
});

test("every scope is explained, and serves at least one operation", async () => {
  const { scopes } = await scopeCatalog(unusedRoutes());
  expect(scopes.map(({ name }) => name)).toEqual(CATALOG.map(({ name }) => name));
  // Actions over gRPC, or through a proxy, have no operation of their own yet.
  const elsewhere = ["coder:application_connect", "workspace:application_connect", "workspace:ssh", "workspace:update"];
  expect(scopes.filter(({ name, endpoints }) => endpoints.length === 0 && !elsewhere.includes(name)).map(({ name }) => name)).toEqual([]);
});

test("a scope's operations say what else they need", async () => {
  const { scopes } = await scopeCatalog(unusedRoutes());
  const scope = (name: string): ScopeCatalogEntry => scopes.find((one) => one.name === name) as ScopeCatalogEntry;
  const operation = (name: string, method: string, path: string) =>
    scope(name).endpoints.find((one) => one.method === method && one.path === path);

  const build = ["POST", "/api/v2/workspaces/{workspace}/builds"] as const;
  expect(operation("workspace:start", ...build)).toMatchObject({ also_needs: ["workspace:read"] });
  expect(operation("workspace:read", ...build)?.sometimes_needs).toContain("workspace:start, if transition is start");
  expect(operation("coder:workspaces.operate", ...build)?.also_needs).toEqual([]);

  const create = ["POST", "/api/v2/users/{user}/workspaces"] as const;
  expect(operation("coder:workspaces.create", ...create)?.also_needs).toEqual([]);
  expect(operation("workspace:create", ...create)?.also_needs).toEqual(["template:use", "workspace:start"]);
  expect(scope("coder:workspaces.create").defaults.toSorted()).toEqual(["organization_member:read", "template:read", "template:use"]);
  expect(operation("workspace:read", "GET", "/api/v2/workspaces")).toMatchObject({ also_needs: [] });

  // Finding the user in the path is not the purpose of an operation.
  expect(operation("user:read", ...create)).toBeUndefined();
  expect(operation("organization:read", "GET", "/api/v2/organizations/{organization}")).toMatchObject({ also_needs: [] });
});

test("whoever has everything needs nothing else", async () => {
  const { scopes } = await scopeCatalog(unusedRoutes());
  const all = scopes.find(({ name }) => name === "coder:all");
  const routes = (await describedRoutes()).filter(({ audience, needs = [] }) => audience === "users" && needs.length > 0);
  expect(all?.endpoints).toHaveLength(routes.length);
  expect(all?.endpoints.filter(({ also_needs, sometimes_needs }) => also_needs.length + sometimes_needs.length > 0)).toEqual([]);
});
