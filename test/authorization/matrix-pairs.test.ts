import { expect, test } from "vitest";
import { askCells } from "./ask-cells.ts";
import { type Cell, readTables, type Tables } from "./cells.ts";
import { coverPairs } from "./covering.ts";
import { recipesOf } from "./default-recipes.ts";
import { openMatrixWorld } from "./matrix-world.ts";
import { weakened, widened } from "./wrong-tables.ts";

const pairs =
  ({ grants }: Tables) =>
  (cells: readonly Cell[]): readonly Cell[] =>
    coverPairs(grants, cells);

test("every route answers every scope and every form of allow list as the tables say, in pairs", async () => {
  const tables = readTables();
  const { disagreements, requests } = await askCells(await openMatrixWorld(), recipesOf(tables.rules), tables, pairs(tables));
  expect(disagreements.slice(0, 20)).toEqual([]);
  expect(requests).toBeGreaterThan(8_000);
}, 600_000);

test("a rule that says too little, a scope that gives too much and a list that shows too much are noticed in pairs", async () => {
  const world = await openMatrixWorld();
  const tables = readTables();
  const recipes = recipesOf(tables.rules);
  const only = (route: string) => ({ [route]: recipes[route] ?? (() => []) });
  const one = only("GET /api/v2/workspaces/{workspace}");
  expect((await askCells(world, one, tables, pairs(tables))).disagreements).toEqual([]);
  const weaker = weakened(tables);
  expect((await askCells(world, one, weaker, pairs(weaker))).disagreements.join("\n")).toContain("with workspace:read on *:*");
  const wider = widened(tables);
  expect((await askCells(world, one, wider, pairs(wider))).disagreements.join("\n")).toContain("with user:read on *:*");
  const list = only("GET /api/v2/workspaces");
  expect((await askCells(world, list, wider, pairs(wider))).disagreements.join("\n")).toContain("leaves out what is to be shown");
}, 180_000);
