import { expect, test } from "vitest";
import { nameProblem } from "./names.ts";

for (const name of ["a", "Ann", "dev-1", "0", "x".repeat(32), "newer"])
  test(`${name} is a name`, () => expect(nameProblem(name)).toBeUndefined());

for (const name of ["", "x".repeat(33), "a b", "a_b", "-a", "a-", "a--b", "ä", "a\n", "a/b", "new", "Create"])
  test(`${JSON.stringify(name)} is none`, () => expect(nameProblem(name)).toMatch(/^\S.*\.$/));
