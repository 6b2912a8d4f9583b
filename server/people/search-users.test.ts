import { expect, test } from "vitest";
import { InvalidInputError } from "../errors.ts";
import { parseUserSearch } from "./search-users.ts";

const NOON = new Date("2026-01-31T12:00:00Z");

for (const { query, filter } of [
  { query: "", filter: {} },
  { query: "Ann Smith", filter: { search: "ann smith" } },
  { query: "search:ann name:smith", filter: { search: "ann", name: "smith" } },
  { query: "status:active,dormant status:suspended", filter: { status: ["active", "dormant", "suspended"] } },
  { query: "role:owner,auditor", filter: { roles: ["owner", "auditor"] } },
  { query: "login_type:none", filter: { loginTypes: ["none"] } },
  { query: 'last_seen_before:"2026-01-31T12:00:00Z"', filter: { lastSeenBefore: NOON } },
  { query: 'created_after:"2026-01-31T12:00:00Z"', filter: { createdAfter: NOON } },
  { query: "service_account:false", filter: {} },
  { query: "service_account:true", filter: { isNobody: true } },
  { query: "github_com_user_id:7", filter: { isNobody: true } },
])
  test(`${JSON.stringify(query)} asks for ${JSON.stringify(filter)}`, () => expect(parseUserSearch(query)).toEqual(filter));

for (const { query, field } of [
  { query: "status:awake", field: "status" },
  { query: "role:king", field: "role" },
  { query: "role:organization-admin", field: "role" },
  { query: "login_type:magic", field: "login_type" },
  { query: "service_account:perhaps", field: "service_account" },
  { query: "github_com_user_id:octocat", field: "github_com_user_id" },
  { query: "created_before:yesterday", field: "created_before" },
  { query: "size:7", field: "size" },
])
  test(`${query} is wrong about ${field}`, () => {
    expect(() => parseUserSearch(query)).toThrow(InvalidInputError);
    expect(() => parseUserSearch(query)).toThrow(expect.objectContaining({ fields: [expect.objectContaining({ field })] }));
  });
