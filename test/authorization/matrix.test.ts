/** The tables of the matrix: that they leave nothing out, and the routes that have no scopes to tell apart. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { UserId } from "#server/ids.ts";
import { insertKey } from "../contracts/keys.ts";
import { recipesOf } from "./default-recipes.ts";
import { allows, readGrants } from "./grants.ts";
import { type MatrixWorld, openMatrixWorld } from "./matrix-world.ts";
import { askPlainly, FOR_AGENTS, FOR_EVERYBODY } from "./other-recipes.ts";
import { readRules } from "./rules.ts";

test("every route of the API document has a rule and a recipe, and the other way round", () => {
  const file = join(import.meta.dirname, "../../docs/api/openapi.json");
  const { paths } = JSON.parse(readFileSync(file, "utf8")) as { readonly paths: Readonly<Record<string, object>> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const rules = readRules();
  expect(rules.map(({ route }) => route).toSorted(), "one row of rules.md for each route").toEqual(documented.toSorted());
  const routesFor = (audience: string) => rules.filter((rule) => rule.audience === audience).map(({ route }) => route);
  expect(Object.keys(recipesOf(rules)).toSorted(), "recipes.ts says how each is asked").toEqual(routesFor("users").toSorted());
  expect(Object.keys(FOR_EVERYBODY).toSorted(), "say in other-recipes.ts how each is asked").toEqual(routesFor("everybody").toSorted());
  expect(Object.keys(FOR_AGENTS).toSorted(), "say in other-recipes.ts how each is asked").toEqual(routesFor("agents").toSorted());
});

test("the table of scopes has each public scope once", () => {
  expect(readGrants().scopes.map(({ name }) => name)).toEqual(PUBLIC_SCOPES);
});

test("what is for everybody looks at no credential", async () => {
  const world = await openMatrixWorld();
  const tokens = await tokensOf(world);
  const wrong: string[] = [];
  for (const [route, recipe] of Object.entries(FOR_EVERYBODY)) {
    const some = recipe.isSlow ? tokens.filter((_, index) => index % 13 === 0) : tokens;
    for (const token of ["", "no token", ...some]) {
      const answer = await askPlainly(world, route, token, recipe);
      if (answer.statusCode !== recipe.status)
        wrong.push(`${route}: wanted ${recipe.status}, got ${answer.statusCode} ${answer.body.slice(0, 200)}`);
    }
  }
  expect(wrong).toEqual([]);
}, 180_000);

test("agents' routes are for agents, as far as their scope goes, and no others are", async () => {
  const world = await openMatrixWorld();
  const grants = readGrants();
  const rules = readRules();
  const userTokens = await tokensOf(world);
  const wrong: string[] = [];
  for (const [route, recipe] of Object.entries(FOR_AGENTS)) {
    for (const [name, token] of Object.entries(world.agentTokens)) {
      const scope = grants.agentScopes.find((one) => one.name === name);
      const permission = rules.find((rule) => rule.route === route)?.needs[0]?.split(" ", 1)[0] ?? "";
      if (scope === undefined) throw new Error(`grants.md has no ${name}`);
      const allowed = allows(grants, { caller: "mia", id: world.mia.id, scope, allowList: ["*:*"] }, permission, {
        owner: world.mia.id,
        organization: "home",
      });
      const answer = await askPlainly(world, route, token, recipe);
      const wanted = allowed ? recipe.status : 403;
      if (answer.statusCode !== wanted) wrong.push(`${route} with ${name}: wanted ${wanted}, got ${answer.statusCode} ${answer.body}`);
      if (!allowed && !answer.json().detail.startsWith(`needs \`${permission}\``)) wrong.push(`${route} with ${name}: ${answer.body}`);
    }
    for (const token of userTokens) {
      const answer = await askPlainly(world, route, token, recipe);
      if (answer.statusCode !== 401) wrong.push(`${route}: wanted 401 for a user's token, got ${answer.statusCode}`);
    }
  }
  for (const { route } of rules.filter(({ audience }) => audience === "users"))
    for (const token of [...Object.values(world.agentTokens), "", "no token"]) {
      const answer = await askPlainly(world, route, token);
      if (answer.statusCode !== 401) wrong.push(`${route}: wanted 401, got ${answer.statusCode}`);
    }
  expect(wrong).toEqual([]);
}, 180_000);

/** One of mia's for each public scope. */
async function tokensOf({ world, mia }: MatrixWorld): Promise<string[]> {
  const key = { userId: UserId.parse(mia.id), loginType: "token", allowList: ["*:*"], lifetimeSeconds: 86_400 } as const;
  const made = PUBLIC_SCOPES.map((scope) => insertKey(world.store, { ...key, scopes: [scope], tokenName: scope }));
  return (await Promise.all(made)).map(({ secret }) => secret);
}
