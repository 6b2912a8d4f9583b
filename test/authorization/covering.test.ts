import { beforeAll, expect, test } from "vitest";
import { RESOURCE_ACTIONS } from "#authz/resource-types.ts";
import { isAsked, thingOf } from "./cases.ts";
import { type Cell, cellsOf, expectedOf, type ListForm, readTables } from "./cells.ts";
import { coverPairs } from "./covering.ts";
import { recipesOf } from "./default-recipes.ts";
import type { Expected, RuleLine } from "./expect-answer.ts";
import { allows } from "./grants.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";
import { paperScene } from "./paper-scene.ts";

const tables = readTables();
const { grants } = tables;
const scene = paperScene();

let routes: readonly {
  readonly name: string;
  readonly lines: readonly RuleLine[];
  readonly all: readonly Cell[];
  readonly pairs: readonly Cell[];
}[];
beforeAll(() => {
  routes = [...cellsOf(scene, recipesOf(tables.rules), tables)].flatMap((all) =>
    all[0] === undefined ? [] : { name: all[0].route, lines: all[0].lines, all, pairs: coverPairs(grants, all) },
  );
});

test("pairs are few, have every scope of every route with a list that admits and one that does not, and every form of list", () => {
  const formsOf = (cells: readonly Cell[]): readonly string[] => [...new Set(cells.map(({ form }) => form))].toSorted();
  for (const { name, lines, all, pairs } of routes) {
    expect(formsOf(pairs), name).toEqual(formsOf(all));
    for (const scope of grants.scopes) {
      const forms = pairs.filter(({ holder }) => holder.scope === scope).map(({ form }) => form);
      const which = `${name} with ${scope.name}`;
      expect(forms.length, which).toBeGreaterThan(0);
      // Where nothing is asked, every list admits it.
      if (lines.length === 0) continue;
      expect(forms.find(isAdmitting), which).toBeDefined();
      expect(forms.length, which).toBeGreaterThan(1);
    }
  }
  const count = (of: "all" | "pairs"): number => routes.reduce((sum, route) => sum + route[of].length, 0);
  expect(count("pairs")).toBeLessThan(count("all") / 10);
});

test("whatever could be wrong with a line of a rule, pairs notice it if the whole product does", () => {
  const permissions = differentPermissions();
  const missed: string[] = [];
  let noticed = 0;
  for (const { name, lines, all, pairs } of routes) {
    const notice = noticing();
    for (const mutation of mutationsOf(lines, permissions)) {
      if (notice(pairs, mutation)) noticed++;
      else if (notice(all, mutation)) missed.push(`${name}: ${mutation.name}`);
    }
  }
  expect(missed).toEqual([]);
  expect(noticed).toBeGreaterThan(1_500);
}, 180_000);

/** Of a list that names only the last of what is asked about, that depends on the scope. */
const isAdmitting = (form: ListForm): boolean => form !== "others";

/** Whether any of the cells would be answered in another way. */
function noticing(): (cells: readonly Cell[], mutation: Mutation) => boolean {
  const right = new Map<Cell, Expected>();
  const expected = (cell: Cell): Expected => {
    const known = right.get(cell) ?? expectedOf(grants, cell);
    right.set(cell, known);
    return known;
  };
  return (cells, { lines, thing }) =>
    cells.some((cell) => {
      const { status, text, isLeftOut } = expected(cell);
      const other = expectedOf(grants, cell, {
        lines,
        isAsked: (line) => isAsked(line, cell.request),
        thing: (line) => thing(line, thingOf(line, cell.request)),
      });
      return other.status !== status || other.text !== text || other.isLeftOut !== isLeftOut;
    });
}

/** Of permissions that the same callers and scopes have, one: nobody could tell the others from it. */
function differentPermissions(): readonly string[] {
  const whoHas = (permission: string): string =>
    [scene.mia, scene.olive]
      .flatMap(({ username: caller, id }) =>
        grants.scopes.map((scope) =>
          allows(grants, { caller, id, scope, allowList: ["*:*"] }, permission, { owner: id, organization: "home" }),
        ),
      )
      .join();
  const all = Object.entries(RESOURCE_ACTIONS).flatMap(([type, actions]) =>
    actions.map((action) => ({ type, permission: `${type}:${action}` })),
  );
  return [...new Map(all.map(({ type, permission }) => [`${type} ${whoHas(permission)}`, permission])).values()];
}
