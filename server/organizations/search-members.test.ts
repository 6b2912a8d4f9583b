import { expect, test } from "vitest";
import { ANN } from "../tokens/keys.fixture.ts";
import { parseMemberSearch } from "./search-members.ts";

for (const { query, filter } of [
  { query: "", filter: {} },
  { query: "Ann S", filter: { search: "ann s" } },
  { query: `user_id:${ANN.toUpperCase()}`, filter: { userId: ANN } },
  { query: "github_user_id:7", filter: { isNobody: true } },
  { query: "include_system:true", filter: {} },
])
  test(`${JSON.stringify(query)} asks for ${JSON.stringify(filter)}`, () => expect(parseMemberSearch(query)).toEqual(filter));

for (const { query, field } of [
  { query: "user_id:ann", field: "user_id" },
  { query: "github_user_id:octocat", field: "github_user_id" },
  { query: "include_system:perhaps", field: "include_system" },
  { query: "role:owner", field: "role" },
])
  test(`${query} is wrong about ${field}`, () => {
    expect(() => parseMemberSearch(query)).toThrow(expect.objectContaining({ fields: [expect.objectContaining({ field })] }));
  });
