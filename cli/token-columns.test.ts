import { expect, test } from "vitest";
import { formatAllowList, formatBoundary, formatScopes, formatTime } from "./token-columns.ts";

test("sorts scopes and objects, so that equal grants read the same", () => {
  const scopes = ["workspace:read", "all"];
  expect(formatScopes(scopes)).toBe("all, workspace:read");
  expect(scopes).toEqual(["workspace:read", "all"]);
  expect(
    formatAllowList([
      { type: "workspace", id: "*" },
      { type: "template", id: "b" },
      { type: "template", id: "a" },
    ]),
  ).toBe("template:a, template:b, workspace:*");
});

for (const { boundary, text } of [
  { boundary: {}, text: "" },
  { boundary: { scopes: ["b", "a"] }, text: "a, b" },
  { boundary: { expires_at: "2026-01-01T00:00:00.123Z" }, text: "until 2026-01-01T00:00:00Z" },
  { boundary: { scopes: [], allow_list: [{ type: "user", id: "x" }] }, text: " on user:x" },
]) {
  test(`a boundary of ${JSON.stringify(boundary)} is "${text}"`, () => expect(formatBoundary(boundary)).toBe(text));
}

for (const at of ["2026-01-01T00:00:00.987654Z", "2026-01-01T00:00:00Z"]) {
  test(`writes ${at} to the second`, () => expect(formatTime(at)).toBe("2026-01-01T00:00:00Z"));
}
