import { expect, test } from "vitest";
import { hoursAhead, NOW, SESSION, token, W1 } from "../tokens/keys.fixture.ts";
import { allowListTarget, apiKeyJson, apiKeyWithOwnerJson } from "./json.ts";
import type { ListedKey } from "./key-rows.ts";

function listed(more: Partial<ListedKey> = {}): ListedKey {
  const { ceilings: _, ...key } = token(["workspace:read"], { allow_list: [W1] });
  const rest = { lifetime_seconds: 3_600, ip_address: "192.0.2.7", description: "For CI", minted_by: SESSION.id };
  return { ...key, ...rest, last_used: new Date(0), created_at: NOW, updated_at: NOW, ...more };
}

test("a key is shown with its grant and its times, and neither its address nor a secret", () => {
  expect(apiKeyWithOwnerJson({ ...listed(), username: "ann" })).toEqual({
    id: "token00001",
    user_id: listed().user_id,
    username: "ann",
    last_used: "1970-01-01T00:00:00.000Z",
    expires_at: hoursAhead(24).toISOString(),
    created_at: NOW.toISOString(),
    updated_at: NOW.toISOString(),
    login_type: "token",
    scope: "all",
    scopes: ["workspace:read"],
    token_name: "t",
    lifetime_seconds: 3_600,
    allow_list: [{ type: "workspace", id: W1.slice("workspace:".length) }],
    description: "For CI",
    minted_by: SESSION.id,
  });
});

test("a boundary says only what it says, and a key without one has none", () => {
  expect(apiKeyJson(listed({ boundary: null, minted_by: null }))).not.toHaveProperty("boundary");
  expect(apiKeyJson(listed({ minted_by: null }))).not.toHaveProperty("minted_by");
  const boundary = { scopes: null, allow_list: ["workspace:*"], expires_at: null };
  expect(apiKeyJson(listed({ boundary })).boundary).toEqual({ allow_list: [{ type: "workspace", id: "*" }] });
});

for (const { scopes, scope } of [
  { scopes: ["coder:application_connect"], scope: "application_connect" },
  { scopes: ["coder:application_connect", "workspace:read"], scope: "all" },
  { scopes: ["coder:all"], scope: "all" },
  { scopes: [], scope: "all" },
])
  test(`older clients take ${JSON.stringify(scopes)} for ${scope}`, () => expect(apiKeyJson(listed({ scopes })).scope).toBe(scope));

test("an entry that nobody can read is shown as far as it goes", () => {
  expect(["workspace:*", "moon", ":", "a:b:c"].map(allowListTarget)).toEqual([
    { type: "workspace", id: "*" },
    { type: "moon", id: "" },
    { type: "", id: "" },
    { type: "a", id: "b:c" },
  ]);
});
