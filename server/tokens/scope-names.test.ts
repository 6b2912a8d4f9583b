import { expect, test } from "vitest";
import { CODER_SCOPE_NAMES } from "#authz/coder-scope-names.fixture.ts";
import { RESOURCE_ACTIONS } from "#authz/resource-types.ts";
import { PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { openServerWorld } from "#test/server/server-world.ts";

/** Every name that a key could hold here or there, and some that mean everything to somebody. */
const ALL = new Set([
  ...CODER_SCOPE_NAMES,
  ...Object.entries(RESOURCE_ACTIONS).flatMap(([type, actions]) => ["*", ...actions].map((action) => `${type}:${action}`)),
  ...PUBLIC_SCOPES,
  ...["*", "*:*", "*:read", "no_user_data", "all:all", "coder:*", "coder:", "internal:all", "workspace:read,workspace:ssh", "", "owner"],
]);

test("of all names of scopes a token gets the public ones, and no owner gets another", async () => {
  await using world = await openServerWorld();
  expect(ALL.size).toBeGreaterThan(250);
  const accepted: string[] = [];
  for (const scope of ALL) {
    const made = await world.call("POST", "/api/v2/users/me/keys/tokens", { scopes: [scope] });
    if (made.status === 201) accepted.push(scope);
    else expect([scope, made.status, made.json.validations[0].field]).toEqual([scope, 400, "scopes"]);
  }
  expect(accepted.toSorted()).toEqual([...PUBLIC_SCOPES]);
  // Nor beside one that is public, in a boundary, or by changing a token.
  for (const scope of ["assign_role:assign", "system:*", "user_secret:read", "crypto_key:read"]) {
    const beside = await world.call("POST", "/api/v2/users/me/keys/tokens", { scopes: ["workspace:read", scope] });
    const boundary = await world.call("POST", "/api/v2/users/me/keys/tokens", {
      scopes: ["workspace:read"],
      boundary: { scopes: [scope] },
    });
    await world.call("POST", "/api/v2/users/me/keys/tokens", { token_name: scope, scopes: ["workspace:read"] });
    const changed = await world.call("PATCH", `/api/v2/users/me/keys/tokens/${encodeURIComponent(scope)}`, { scopes: [scope] });
    expect([beside.status, boundary.status, changed.status]).toEqual([400, 400, 400]);
  }
}, 120_000);
