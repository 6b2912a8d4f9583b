import { expect, test } from "vitest";
import { givenId } from "./given-id.ts";

test("an ID that is left out, empty or all zeros is none", () => {
  for (const id of [undefined, "", "00000000-0000-0000-0000-000000000000"]) expect(givenId(id)).toBeUndefined();
  expect(givenId("5ca1ab1e-0000-4000-8000-000000000000")).toBe("5ca1ab1e-0000-4000-8000-000000000000");
});
