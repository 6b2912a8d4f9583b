/** Pairs instead of the product: of a route's cells, as many as it takes to have once whatever two of their parts can bring about. */
import { thingOf } from "./cases.ts";
import { type Cell, expectedOf } from "./cells.ts";
import { allows, type Grants, type Holder } from "./grants.ts";

/**
 * So few cells that, as each caller, there is still
 *
 * - every scope where nothing but the scope decides, and where the list refuses what the scope would allow
 * - every answer that a scope can get
 * - every answer that a case can get with each form of list
 * - every set of a case's needs that a token can hold, by a scope of one permission and by one of many, with every answer to it
 *
 * About a tenth of the product. covering.test.ts says what it notices.
 *
 * @param cells of one route
 */
export function coverPairs(grants: Grants, cells: readonly Cell[]): readonly Cell[] {
  const traitsOf = traitsBy(grants);
  const wanted = new Set<string>();
  const open = cells.map((cell) => ({ cell, traits: traitsOf(cell) }));
  for (const { traits } of open) for (const trait of traits) wanted.add(trait);
  const chosen: Cell[] = [];
  // What a cell brings only gets less while others are chosen: those that bring most come first, without looking for them.
  for (let most = Math.max(0, ...open.map(({ traits }) => traits.length)); most > 0; most--)
    for (const one of open) {
      one.traits = one.traits.filter((trait) => wanted.has(trait));
      if (one.traits.length < most) continue;
      chosen.push(one.cell);
      for (const trait of one.traits) wanted.delete(trait);
    }
  return chosen;
}

function traitsBy(grants: Grants): (cell: Cell) => string[] {
  const everyScope = grants.scopes.find(({ name }) => name === "coder:all");
  if (everyScope === undefined) throw new Error("grants.md has no coder:all");
  // Cells that differ in their scope only share the list itself.
  const listed = new Map<readonly string[], "listed" | "not listed" | undefined>();
  return (cell) => {
    const { request, asked, holder, form } = cell;
    const { scope, allowList } = holder;
    const hold = (as: Holder): readonly boolean[] =>
      asked.map((line) => {
        const thing = thingOf(line, request);
        return thing.isMissing !== true && allows(grants, as, line.permission, thing);
      });
    const isOpen = (by: readonly string[]): boolean => !hold({ ...holder, scope: everyScope, allowList: by }).includes(false);
    if (!listed.has(allowList)) listed.set(allowList, isOpen(["*:*"]) ? (isOpen(allowList) ? "listed" : "not listed") : undefined);
    // Where nothing is asked, the list does not matter.
    const list = asked.length === 0 ? undefined : listed.get(allowList);
    const { status, text, isLeftOut } = expectedOf(grants, cell);
    const answer = `${status} ${text} ${isLeftOut}`;
    const isOne = scope.allows.length === 1 && !scope.allows[0]?.includes("*");
    const where = `${request.caller.username}, ${request.name}`;
    return [
      ...(list === undefined ? [] : [`${scope.name}: ${list}`]),
      `${scope.name}: ${answer}`,
      `${where}, ${form}: ${answer}`,
      `${where}, ${isOne ? "one permission" : "many"}, ${hold(holder).join()}: ${answer}`,
    ];
  };
}
