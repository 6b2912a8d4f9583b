import { expect, test } from "vitest";
import { parseNeed } from "./needs.ts";

for (const { text, need } of [
  {
    text: "workspace:read on {workspace} or 404",
    need: { permission: "workspace:read", object: "{workspace}", refusal: "404", condition: undefined },
  },
  {
    text: "user:update on {user} or 403/404, if it is not the caller",
    need: { permission: "user:update", object: "{user}", refusal: "403/404", condition: "it is not the caller" },
  },
  {
    text: "template:read on the template of {id} or another or less",
    need: { permission: "template:read", object: "the template of {id} or another", refusal: "less", condition: undefined },
  },
  {
    text: "user:read on {user} or 400, if {user} is not me, if at all",
    need: { permission: "user:read", object: "{user}", refusal: "400", condition: "{user} is not me, if at all" },
  },
])
  test(`reads "${text}"`, () => expect(parseNeed(text)).toEqual(need));

test("a refusal that is none is no need", () => {
  for (const refusal of ["401", "403/", "404/403", "never"])
    expect(() => parseNeed(`workspace:read on it or ${refusal}`)).toThrow(RangeError);
});
