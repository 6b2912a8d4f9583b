/** The whole product over HTTP, or a tenth of it. `npm run test:matrix` runs it, and says by the environment what is meant. */
import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { askCells, type Choice } from "../ask-cells.ts";
import { nameOf, readTables } from "../cells.ts";
import { recipesOf } from "../default-recipes.ts";
import { openMatrixWorld } from "../matrix-world.ts";

/** Files beside this one. Each has a database of its own, and vitest runs as many at once as there are cores. */
const PARTS = 4;

/** Every fourth route. @param part from 1 */
export function askPart(part: number): void {
  const { MATRIX_SEED: seed, MATRIX_ROUTE: route = "" } = process.env;
  test(`${seed === undefined ? "every cell" : "a tenth of the cells"} of part ${part} is answered as the tables say`, async () => {
    const tables = readTables();
    const routes = Object.entries(recipesOf(tables.rules)).filter(([name]) => name.includes(route));
    const recipes = Object.fromEntries(routes.filter((_, index) => index % PARTS === part - 1));
    const { disagreements, requests, answers } = await askCells(await openMatrixWorld(), recipes, tables, choiceOf(seed));
    console.log(`part ${part}: ${Object.keys(recipes).length} routes, ${requests} requests, answers by status: ${JSON.stringify(answers)}`);
    expect(disagreements.slice(0, 50)).toEqual([]);
  }, 1_200_000);
}

/** The same tenth for the same seed, whatever the ids of the objects are. */
function choiceOf(seed: string | undefined): Choice {
  if (seed === undefined) return (cells) => cells;
  return (cells) => cells.filter((cell) => Number.parseInt(hash("sha256", `${seed} ${nameOf(cell)}`).slice(0, 8), 16) % 10 === 0);
}
