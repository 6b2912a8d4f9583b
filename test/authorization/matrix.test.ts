/** The matrix of every route: that it is one, and the routes that have no scopes to tell apart. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { insertKey } from "../contracts/keys.ts";
import { allows, readGrants } from "./grants.ts";
import { runMatrix } from "./matrix.ts";
import { AGENT_BINARY, type MatrixWorld, openMatrixWorld, PASSWORD } from "./matrix-world.ts";
import { NO_ID, RECIPES, type Recipes } from "./recipes.ts";
import { readRules } from "./rules.ts";

const FOR_USERS: Recipes = Object.assign({}, ...Object.values(RECIPES));
const withPrefix = (route: string): string => route.replace(" ", " /api/v2");

/** What everybody is answered; the address where it has parameters. */
const FOR_EVERYBODY: Readonly<
  Record<string, { readonly status: number; readonly url?: string; readonly body?: object; readonly isSlow?: true }>
> = {
  "GET /api/v2/auth/scopes": { status: 200 },
  "GET /api/v2/auth/scopes/catalog": { status: 200 },
  "GET /api/v2/buildinfo": { status: 200 },
  "GET /api/v2/openapi.json": { status: 200 },
  "GET /api/v2/users/authmethods": { status: 200 },
  "GET /api/v2/users/first": { status: 200 },
  "POST /api/v2/users/first": {
    // The server has been set up.
    status: 409,
    body: { email: "fresh@example.test", username: "fresh", password: PASSWORD },
  },
  "POST /api/v2/users/login": { status: 201, body: { email: "mia@example.test", password: PASSWORD }, isSlow: true },
  "POST /api/v2/users/validate-password": { status: 200, body: { password: PASSWORD } },
  "GET /bin/{name}": { status: 200, url: `/bin/${AGENT_BINARY}` },
  "GET /docs": { status: 200 },
  "GET /docs/reference.js": { status: 200, isSlow: true },
  "GET /healthz": { status: 200 },
};

const FOR_AGENTS: Readonly<Record<string, { readonly status: number; readonly query?: string; readonly body?: object }>> = {
  "GET /api/v2/workspaceagents/me/external-auth": { status: 200, query: "?id=git" },
  "GET /api/v2/workspaceagents/me/gitauth": { status: 200, query: "?id=git" },
  "GET /api/v2/workspaceagents/me/gitsshkey": { status: 200 },
  "POST /api/v2/workspaceagents/me/log-source": { status: 201, body: { id: NO_ID } },
  "PATCH /api/v2/workspaceagents/me/logs": { status: 200, body: { logs: [{ output: "a line" }] } },
};

test("every route of the API document has a rule and a recipe, and the other way round", () => {
  const file = join(import.meta.dirname, "../../docs/api/openapi.json");
  const { paths } = JSON.parse(readFileSync(file, "utf8")) as { readonly paths: Readonly<Record<string, object>> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const rules = readRules();
  expect(rules.map(({ route }) => route).toSorted(), "one row of rules.md for each route").toEqual(documented.toSorted());
  const routesFor = (audience: string) => rules.filter((rule) => rule.audience === audience).map(({ route }) => route);
  expect(Object.keys(FOR_USERS).map(withPrefix).toSorted(), "recipes.ts says how each is asked").toEqual(routesFor("users").toSorted());
  expect(Object.keys(FOR_EVERYBODY).toSorted(), "say here how each is asked").toEqual(routesFor("everybody").toSorted());
  expect(Object.keys(FOR_AGENTS).toSorted(), "say here how each is asked").toEqual(routesFor("agents").toSorted());
});

test("the table of scopes has each public scope once", () => {
  expect(readGrants().scopes.map(({ name }) => name)).toEqual(PUBLIC_SCOPES);
});

test("a rule that says too little, a scope that gives too much and a list that shows too much are noticed", async () => {
  const world = await openMatrixWorld();
  const [grants, rules] = [readGrants(), readRules()];
  const route = "GET /workspaces/{workspace}";
  const recipes = { [route]: FOR_USERS[route] ?? (() => []) };
  expect((await runMatrix(world, recipes)).disagreements).toEqual([]);
  const weaker = rules.map((rule) => ({
    ...rule,
    needs: rule.needs.map((need) => need.replace("workspace:read on {workspace}", "workspace:start on {workspace}")),
  }));
  expect((await runMatrix(world, recipes, { grants, rules: weaker })).disagreements.join("\n")).toContain("mia with workspace:read on *:*");
  const wider = { ...grants, scopes: grants.scopes.map((scope) => ({ ...scope, allows: [...scope.allows, "workspace:read"] })) };
  expect((await runMatrix(world, recipes, { grants: wider, rules })).disagreements.join("\n")).toContain("mia with user:read on *:*");
  const list = "GET /workspaces";
  const lists = { [list]: FOR_USERS[list] ?? (() => []) };
  expect((await runMatrix(world, lists, { grants: wider, rules })).disagreements.join("\n")).toContain("leaves out what is to be shown");
}, 60_000);

test("what is for everybody looks at no credential", async () => {
  const world = await openMatrixWorld();
  const tokens = await tokensOf(world);
  const wrong: string[] = [];
  for (const [route, { status, url, body, isSlow }] of Object.entries(FOR_EVERYBODY)) {
    const [method = "", path = ""] = route.split(" ");
    // A password is slow to check on purpose, and the page's script is large.
    const some = isSlow ? tokens.filter((_, index) => index % 13 === 0) : tokens;
    for (const token of ["", "no token", ...some]) {
      const headers = token === "" ? {} : { "coder-session-token": token };
      const answer = await world.app.inject({ method: method as "GET", url: url ?? path, headers, ...(body && { payload: body }) });
      if (answer.statusCode !== status) wrong.push(`${route}: wanted ${status}, got ${answer.statusCode} ${answer.body.slice(0, 200)}`);
    }
  }
  expect(wrong).toEqual([]);
}, 60_000);

test("agents' routes are for agents, as far as their scope goes, and no others are", async () => {
  const world = await openMatrixWorld();
  const grants = readGrants();
  const rules = new Map(readRules().map(({ route, needs }) => [route, needs]));
  const ask = (route: string, token: string, { query = "", body }: { readonly query?: string; readonly body?: object } = {}) => {
    const [method = "", path = ""] = route.split(" ");
    const url = path.replace(/\{\w+\}/g, NO_ID) + query;
    return world.app.inject({ method: method as "GET", url, headers: { "coder-session-token": token }, ...(body && { payload: body }) });
  };
  const wrong: string[] = [];
  const agents = { all: world.mia.workspace.agentToken, no_user_data: world.restrictedAgentToken };
  for (const [route, recipe] of Object.entries(FOR_AGENTS)) {
    for (const [name, token] of Object.entries(agents)) {
      const scope = grants.agentScopes.find((one) => one.name === name);
      const permission = rules.get(route)?.[0]?.split(" ", 1)[0] ?? "";
      if (scope === undefined) throw new Error(`grants.md has no ${name}`);
      const allowed = allows(grants, { caller: "mia", id: world.mia.id, scope, allowList: ["*:*"] }, permission, {
        owner: world.mia.id,
        organization: "home",
      });
      const answer = await ask(route, token, recipe);
      const wanted = allowed ? recipe.status : 403;
      if (answer.statusCode !== wanted) wrong.push(`${route} with ${name}: wanted ${wanted}, got ${answer.statusCode} ${answer.body}`);
      if (!allowed && !answer.json().detail.startsWith(`needs \`${permission}\``)) wrong.push(`${route} with ${name}: ${answer.body}`);
    }
    for (const token of await tokensOf(world)) {
      const answer = await ask(route, token, recipe);
      if (answer.statusCode !== 401) wrong.push(`${route}: wanted 401 for a user's token, got ${answer.statusCode}`);
    }
  }
  for (const route of Object.keys(FOR_USERS).map(withPrefix))
    for (const token of [...Object.values(agents), "", "no token"]) {
      const answer = await ask(route, token);
      if (answer.statusCode !== 401) wrong.push(`${route}: wanted 401, got ${answer.statusCode}`);
    }
  expect(wrong).toEqual([]);
}, 60_000);

/** One of mia's for each public scope. */
async function tokensOf({ world, mia }: MatrixWorld): Promise<string[]> {
  const key = { userId: mia.id, loginType: "token", allowList: ["*:*"], lifetimeSeconds: 86_400 } as const;
  const made = PUBLIC_SCOPES.map((scope) => insertKey(world.store, { ...key, scopes: [scope], tokenName: `${scope} ${tokens++}` }));
  return (await Promise.all(made)).map(({ secret }) => secret);
}
let tokens = 0;
