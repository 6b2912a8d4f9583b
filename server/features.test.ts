import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { call, openServerWorld } from "#test/server/server-world.ts";
import { unusedRoutes } from "./features.ts";
import type { App } from "./http/fastify-app.ts";
import type { AddRoutes } from "./http/routes.ts";

const ID = "11111111-1111-4111-8111-111111111111";

/** What a list of routes registers, with every parameter filled in. */
async function requestsOf(routes: readonly AddRoutes[]): Promise<{ method: string; path: string }[]> {
  const found: { method: string; path: string }[] = [];
  const app = Fastify() as unknown as App;
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) found.push({ method: one, path: url.replace(/:[a-z]+/g, ID) });
  });
  // Routes are only registered here, never called.
  for (const add of routes) add(app);
  await app.ready();
  return found;
}

test("every route that is not public asks for a credential before it looks at anything else", async () => {
  await using world = await openServerWorld();
  const guarded = [...(await requestsOf(unusedRoutes().users)), ...(await requestsOf(unusedRoutes().agents))];
  expect(guarded.length).toBeGreaterThan(60);
  const answers = await Promise.all(
    guarded.map(async (request) => ({ ...request, ...(await call(world.url, request.method, request.path)) })),
  );
  expect(answers.filter(({ status }) => status !== 401).map(({ method, path, status }) => `${method} ${path}: ${status}`)).toEqual([]);
  expect(new Set(answers.filter(({ method }) => method !== "HEAD").map(({ text }) => text)).size).toBe(1);
});

test("a user's session is not an agent token", async () => {
  const world = await openServerWorld();
  onTestFinished(() => world[Symbol.asyncDispose]());
  for (const { method, path } of await requestsOf(unusedRoutes().agents)) expect((await world.call(method, path)).status).toBe(401);
});

test("the list of public routes is short enough to read", async () => {
  const open = (await requestsOf(unusedRoutes().everybody))
    .filter(({ method }) => method !== "HEAD")
    .map(({ method, path }) => `${method} ${path}`);
  expect(open.toSorted()).toEqual([
    "GET /api/v2/auth/scopes",
    "GET /api/v2/auth/scopes/catalog",
    "GET /api/v2/buildinfo",
    "GET /api/v2/openapi.json",
    "GET /api/v2/users/authmethods",
    "GET /api/v2/users/first",
    `GET /bin/${ID}`,
    "GET /docs",
    "GET /docs/reference.js",
    "GET /healthz",
    "POST /api/v2/users/first",
    "POST /api/v2/users/login",
    "POST /api/v2/users/validate-password",
  ]);
});
