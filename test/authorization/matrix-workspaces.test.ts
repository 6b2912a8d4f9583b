import { expect, test } from "vitest";
import { runMatrix } from "./matrix.ts";
import { openMatrixWorld } from "./matrix-world.ts";
import { RECIPES } from "./recipes.ts";

test("routes of workspaces answer every scope and allow list as the tables say", async () => {
  const { workspaces } = RECIPES;
  const { disagreements, requests } = await runMatrix(await openMatrixWorld(), { ...workspaces });
  expect(disagreements.slice(0, 20)).toEqual([]);
  expect(requests).toBeGreaterThan(10_000);
}, 300_000);
