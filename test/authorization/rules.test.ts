import { expect, test } from "vitest";
import { describedRoutes } from "#server/features.ts";
import { formatRule, readRules } from "./rules.ts";

test("every route states the needs that the table says, and the table has no other", async () => {
  const stated = (await describedRoutes()).map(({ method, path, audience, needs = [] }) =>
    formatRule({ route: `${method} ${path}`, audience, needs }),
  );
  // The table is what is reviewed, and what the server's answers are held against.
  expect(readRules().map(formatRule).toSorted(), "run `npm run generate`").toEqual(stated.toSorted());
});

test("the table names each route once, in the order of their paths", () => {
  const routes = readRules().map(({ route }) => route);
  const key = (route: string): string => route.split(" ").toReversed().join(" ");
  expect(routes).toEqual([...new Set(routes)].toSorted((a, b) => (key(a) < key(b) ? -1 : 1)));
});
