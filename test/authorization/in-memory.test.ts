import { expect, test } from "vitest";
import { readTables } from "./cells.ts";
import { decideCells, statedNeeds } from "./decide-cells.ts";
import { recipesOf } from "./default-recipes.ts";
import { paperScene } from "./paper-scene.ts";
import { weakened, widened } from "./wrong-tables.ts";

test("the server decides every need of every route for every scope and allow list as the tables say", async () => {
  const tables = readTables();
  const { disagreements, cells, decisions } = decideCells(paperScene(), recipesOf(tables.rules), tables, await statedNeeds());
  expect(disagreements.slice(0, 20)).toEqual([]);
  expect(cells).toBeGreaterThan(95_000);
  expect(decisions).toBeGreaterThan(150_000);
}, 180_000);

test("a rule that says too little, a scope that gives too much and a list that shows too much are noticed in memory", async () => {
  const [scene, tables, needs] = [paperScene(), readTables(), await statedNeeds()];
  const recipes = recipesOf(tables.rules);
  const noticed = (route: string, by = tables): string =>
    decideCells(scene, { [route]: recipes[route] ?? (() => []) }, by, needs).disagreements.join("\n");
  const route = "GET /api/v2/workspaces/{workspace}";
  expect(noticed(route)).toBe("");
  expect(noticed(route, weakened(tables))).toContain("mia with workspace:read on *:*");
  expect(noticed(route, widened(tables))).toContain("mia with user:read on *:*");
  expect(noticed("GET /api/v2/workspaces", widened(tables))).toContain('wanted {"isLeftOut":false}, got {"isLeftOut":true}');
}, 180_000);
