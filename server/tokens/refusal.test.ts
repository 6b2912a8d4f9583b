import { expect, test } from "vitest";
import { NOW, W1, W2 } from "./keys.fixture.ts";
import { beyondGrant } from "./refusal.ts";

test("a refusal lists the excess field by field, and what only a scope brings with the scope's name", () => {
  const error = beyondGrant("the new token", {
    scopes: ["template:read", "workspace:*"],
    allowList: [W1, "template:*"],
    defaults: [{ scope: "coder:workspaces.create", entry: "template:*" }],
    expiresAt: NOW.getTime(),
  });
  expect(error.code).toBe("beyond_grant");
  expect(error.fields).toEqual([
    { field: "scopes", detail: "template:read, workspace:*" },
    { field: "allow_list", detail: expect.stringMatching(`^${W1}, template:\\* .*coder:workspaces\\.create`) },
    { field: "lifetime", detail: expect.stringContaining(NOW.toISOString()) },
  ]);
  expect(error.message).toMatch(/^the new token .*template:read/);
});

test("what is no excess is not mentioned", () => {
  const { fields } = beyondGrant("the new token", { scopes: [], allowList: [W2], defaults: [], expiresAt: undefined });
  expect(fields).toEqual([{ field: "allow_list", detail: W2 }]);
});
