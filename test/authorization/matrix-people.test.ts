import { expect, test } from "vitest";
import { runMatrix } from "./matrix.ts";
import { openMatrixWorld } from "./matrix-world.ts";
import { RECIPES } from "./recipes.ts";

test("routes of users and their keys answer every scope and allow list as the tables say", async () => {
  const { people, keys } = RECIPES;
  const { disagreements, requests } = await runMatrix(await openMatrixWorld(), { ...people, ...keys });
  expect(disagreements.slice(0, 20)).toEqual([]);
  expect(requests).toBeGreaterThan(10_000);
}, 300_000);
