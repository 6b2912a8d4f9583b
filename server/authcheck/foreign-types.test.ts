import { expect, test } from "vitest";
import { isResourceType } from "#authz/resource-types.ts";
import { FOREIGN_TYPES } from "./foreign-types.ts";

test("what Proviso has itself is not foreign: it would be answered with no, whatever one may do", () => {
  expect([...FOREIGN_TYPES].filter(isResourceType)).toEqual([]);
});
