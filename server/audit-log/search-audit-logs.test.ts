import { expect, test } from "vitest";
import { parseAuditSearch } from "./search-audit-logs.ts";

const ME = "6f4a3c52-7d3e-4e0b-9e65-0a1b2c3d4e5f";
const OTHER = "00000000-1111-2222-3333-444444444444";

function parsed(query: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parseAuditSearch(query, ME)).filter(([, value]) => value !== undefined));
}

for (const { query, filter } of [
  { query: "", filter: {} },
  { query: "template", filter: { resourceType: "template" } },
  { query: "Resource_Type:Template action:WRITE", filter: { resourceType: "template", action: "write" } },
  { query: "username:me", filter: { userId: ME } },
  { query: "username:milo email:milo@x.test", filter: { username: "milo", email: "milo@x.test" } },
  { query: 'resource_target:"two words"', filter: { target: "two words" } },
  { query: `resource_id:${OTHER} request_id:${ME.toUpperCase()}`, filter: { resourceId: OTHER, requestId: ME } },
  { query: "organization:default", filter: { organization: "default" } },
  { query: "build_reason:autostop", filter: { buildReason: "autostop" } },
  {
    query: "date_from:2026-01-31 date_to:2026-01-31",
    filter: { from: new Date("2026-01-31T00:00:00Z"), before: new Date("2026-02-01T00:00:00Z") },
  },
]) {
  test(`reads ${query || "nothing"}`, () => expect(parsed(query)).toEqual(filter));
}
