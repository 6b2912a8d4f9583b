import { expect, test } from "vitest";
import { apiKeyUsageJson } from "./json.ts";

test("what a key did is shown by scope, with what would have been enough", () => {
  const [first, last] = [new Date(0), new Date(1_000)];
  const usage = {
    scope: "workspace:read",
    count: 3,
    firstUsed: first,
    lastUsed: last,
    objects: [{ id: "w", count: 2, lastUsed: last }],
    addresses: [{ address: "192.0.2.7", count: 3, lastUsed: last }],
  };
  const suggestion = { scopes: ["workspace:read"], allowList: ["workspace:w"] };
  expect(apiKeyUsageJson({ id: "token00001" }, 30, [usage], suggestion)).toEqual({
    key_id: "token00001",
    days: 30,
    scopes: [
      {
        scope: "workspace:read",
        count: 3,
        first_used_at: "1970-01-01T00:00:00.000Z",
        last_used_at: "1970-01-01T00:00:01.000Z",
        objects: [{ id: "w", count: 2, last_used_at: "1970-01-01T00:00:01.000Z" }],
        addresses: [{ address: "192.0.2.7", count: 3, last_used_at: "1970-01-01T00:00:01.000Z" }],
      },
    ],
    suggestion: { scopes: ["workspace:read"], allow_list: [{ type: "workspace", id: "w" }] },
  });
});
