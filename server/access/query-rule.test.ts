import { expect, test } from "vitest";
import { parseRule } from "./query-rule.ts";

test("a rule is taken apart word by word, in its order", () => {
  expect(parseRule(["read workspace", "require update_personal user", "list create workspace", "may update template"])).toEqual([
    { manner: "read", action: "read", type: "workspace" },
    { manner: "require", action: "update_personal", type: "user" },
    { manner: "list", action: "create", type: "workspace" },
    { manner: "may", action: "update", type: "template" },
  ]);
});

test("a rule that says why nothing needs to be asked asks nothing, and an empty one is none of those", () => {
  expect(parseRule({ none: "everybody may know" })).toBeUndefined();
  expect(parseRule([])).toEqual([]);
});
