import { expect, test } from "vitest";
import { nearestName } from "./nearest-name.ts";

for (const { given, nearest } of [
  { given: "regoin", nearest: "region" },
  { given: "Region", nearest: "region" },
  { given: "regions", nearest: "region" },
  { given: "zon", nearest: "zone" },
  { given: "x", nearest: "y" },
  { given: "image", nearest: undefined },
  { given: "", nearest: "y" },
]) {
  test(`${JSON.stringify(given)} is ${nearest === undefined ? "near to nothing" : `near to ${nearest}`}`, () => {
    expect(nearestName(given, ["zone", "region", "y"])).toBe(nearest);
  });
}

test("long names are compared only if they can be near", () => {
  expect(nearestName("a", ["b".repeat(1_000_000)])).toBeUndefined();
});
