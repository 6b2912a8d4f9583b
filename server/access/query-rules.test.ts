import { describe, expect, test } from "vitest";
import { isActionOf, isResourceType } from "#authz/resource-types.ts";
import { parseRule, type QueryRule } from "./query-rule.ts";
import { QUERY_RULES, type QueryName, ruleOf } from "./query-rules.ts";

const RULES = Object.entries(QUERY_RULES).flatMap(([about, rules]) =>
  Object.entries(rules).map(([query, rule]: [string, QueryRule]) => ({ name: `${about}.${query}`, rule })),
);

describe("every line", () => {
  test("asks about what there is", () => {
    for (const { name, rule } of RULES)
      for (const { action, type } of parseRule(rule) ?? []) expect(isResourceType(type) && isActionOf(type, action), name).toBe(true);
  });

  test("asks at least one thing that decides, or says why nothing needs to be asked", () => {
    for (const { name, rule } of RULES) {
      const asks = parseRule(rule);
      if (asks === undefined) expect(Reflect.get(rule, "none"), name).toMatch(/\w+ \w+/);
      else expect(asks.filter(({ manner }) => manner !== "may").length, name).toBeGreaterThan(0);
    }
  });

  test("says nothing twice", () => {
    for (const { name, rule } of RULES) if (Array.isArray(rule)) expect(new Set(rule).size, name).toBe(rule.length);
  });
});

test("a query's line is found by its name, and no other name has one", () => {
  expect(ruleOf("templates.delete")).toEqual({
    name: "templates.delete",
    asks: [{ manner: "require", action: "delete", type: "template" }],
  });
  for (const name of ["templates.forget", "templates", "toString", ""]) expect(() => ruleOf(name as QueryName), name).toThrow(name);
});
