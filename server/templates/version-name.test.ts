import { expect, test } from "vitest";
import { FieldChecks } from "../input/names.ts";
import { randomVersionName } from "./version-name.ts";

test("names a version with two words and four digits, for the lowest and the highest draw", () => {
  const lowest = randomVersionName(() => 0);
  const highest = randomVersionName((below) => below - 1);
  expect([lowest, highest]).toEqual(["bold_badger1000", "wise_swift9999"]);
  for (const name of [lowest, highest]) expect(() => new FieldChecks().templateVersionName("name", name).done()).not.toThrow();
});
