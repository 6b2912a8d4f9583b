/** What the routes state that they need, held against what they make the queries ask. */
import { expect, test } from "vitest";
import { ask } from "./ask-cells.ts";
import { cellsOf, expectedOf, nameOf, readTables } from "./cells.ts";
import { recipesOf } from "./default-recipes.ts";
import { openMatrixWorld } from "./matrix-world.ts";
import { askPlainly, FOR_AGENTS } from "./other-recipes.ts";
import { PASSWORD } from "./scene.ts";

/** Decided by server/workspaces/cancel-build.ts itself, so that no query hears of it. */
const BESIDE_THE_QUERIES = new Set(["PATCH /api/v2/workspacebuilds/{id}/cancel never asks template:update"]);

test("every route makes the queries ask what it states, and nothing else", async () => {
  const queries: (readonly string[])[] = [];
  const world = await openMatrixWorld({ onQuery: (_, questions) => void queries.push(questions) });
  const tables = readTables();
  const failed: string[] = [];
  const unstated: string[] = [];
  const never: string[] = [];
  const seen: string[] = [];

  // May do everything, and is no token, which some routes refuse.
  const login = await world.app.inject({
    method: "POST",
    url: "/api/v2/users/login",
    payload: { email: world.world.owner.email, password: PASSWORD },
  });
  const headers = { "coder-session-token": login.json().session_token };
  await world.undoLog.keep();
  for (const cells of cellsOf(world, recipesOf(tables.rules), tables)) {
    const asOlive = cells.filter(
      ({ holder, form }) => holder.caller === "olive" && holder.scope.name === "coder:all" && form === "everything",
    );
    const reached = new Set<string>();
    for (const cell of asOlive) {
      queries.length = 0;
      const answer = await ask(world, cell.request, headers, cell.holder);
      await world.undoLog.undo();
      const { status } = expectedOf(tables.grants, cell);
      if ((status ?? cell.request.recipe.status) < 400 && answer.statusCode >= 400) failed.push(`${nameOf(cell)}: ${answer.body}`);
      const stated = new Set(cell.asked.map(({ permission }) => permission));
      for (const permission of unstatedOf(queries, stated)) unstated.push(`${nameOf(cell)} asks ${permission}`);
      for (const permission of permissionsOf(queries)) if (stated.has(permission)) reached.add(permission);
    }
    const [first] = cells;
    if (first === undefined) continue;
    seen.push(first.route);
    // Of several requests, one that asks for it is enough: a list may be empty.
    for (const { permission } of first.lines) if (!reached.has(permission)) never.push(`${first.route} never asks ${permission}`);
  }

  for (const [route, recipe] of Object.entries(FOR_AGENTS)) {
    queries.length = 0;
    const answer = await askPlainly(world, route, world.agentTokens.all, recipe);
    if (answer.statusCode >= 400) failed.push(`${route}: ${answer.statusCode} ${answer.body}`);
    const needs = tables.rules.find((rule) => rule.route === route)?.needs ?? [];
    const stated = new Set(needs.map((need) => need.split(" ", 1)[0] ?? ""));
    for (const permission of unstatedOf(queries, stated)) unstated.push(`${route} asks ${permission}`);
    for (const permission of stated) if (!permissionsOf(queries).has(permission)) never.push(`${route} never asks ${permission}`);
    seen.push(route);
  }

  expect(failed).toEqual([]);
  expect(unstated).toEqual([]);
  expect(never.filter((one) => !BESIDE_THE_QUERIES.has(one))).toEqual([]);
  const guarded = tables.rules.filter(({ audience }) => audience !== "everybody").map(({ route }) => route);
  expect(seen.toSorted(), "say in recipes.ts how it is asked").toEqual(guarded.toSorted());
}, 180_000);

/** What the answer stands or falls with, and what lists leave out. */
function permissionsOf(queries: readonly (readonly string[])[]): Set<string> {
  const questions = queries.flat().map((question) => question.split(" "));
  return new Set(questions.filter(([manner]) => manner !== "may").map((words) => words.slice(-2).toReversed().join(":")));
}

/** A query about named jobs also asks about those that are for nothing, which the jobs that a route lets it find never are. */
const OF_NO_KIND = "list read provisioner_jobs";

function unstatedOf(queries: readonly (readonly string[])[], stated: ReadonlySet<string>): readonly string[] {
  const asked = queries.map((questions) => questions.filter((question) => question !== OF_NO_KIND));
  return [...permissionsOf(asked)].filter((permission) => !stated.has(permission));
}
