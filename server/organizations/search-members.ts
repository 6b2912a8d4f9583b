import { InvalidInputError } from "../errors.ts";
import { UserId } from "../ids.ts";
import { parseSearch, searchBoolean } from "../input/search.ts";
import type { MemberFilter } from "./member-rows.ts";

/** A query of a member list: bare words are part of a name or an e-mail address. @throws InvalidInputError naming the key */
export function parseMemberSearch(query: string): Omit<MemberFilter, "limit" | "offset"> {
  const { search, user_id, github_user_id, include_system } = parseSearch(query, "search", [
    "search",
    "user_id",
    "github_user_id",
    "include_system",
  ]);
  if (user_id !== undefined && !UserId.is(user_id)) throw invalid("user_id", "This is no UUID.");
  if (github_user_id !== undefined && !/^\d+$/.test(github_user_id)) throw invalid("github_user_id", "This is no number.");
  // There are none: with them the list is the same.
  if (include_system !== undefined) searchBoolean("include_system", include_system);
  return {
    ...(search !== undefined && { search }),
    ...(user_id !== undefined && { userId: UserId.parse(user_id) }),
    // Nobody signs in with GitHub here.
    ...(github_user_id !== undefined && { isNobody: true }),
  };
}

function invalid(field: string, detail: string): InvalidInputError {
  return new InvalidInputError("query parameters have invalid values", [{ field, detail }]);
}
