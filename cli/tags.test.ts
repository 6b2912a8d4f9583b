import { expect, test } from "vitest";
import { formatTags } from "./tags.ts";

test("writes tags in one order, whatever theirs was", () => {
  expect(formatTags({ scope: "organization", owner: "", gpu: "yes" })).toBe("gpu=yes owner= scope=organization");
  expect(formatTags({})).toBe("");
});
