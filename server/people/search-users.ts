import { isSiteRole } from "#authz/roles.ts";
import type { LoginType, UserStatus } from "../database/tables/people.ts";
import { InvalidInputError } from "../errors.ts";
import { parseSearch, searchBoolean, searchTime, searchValues } from "../input/search.ts";
import type { UserFilter } from "./user-list-rows.ts";

const STATUSES: readonly UserStatus[] = ["active", "dormant", "suspended"];
const LOGIN_TYPES: readonly LoginType[] = ["github", "none", "oidc", "password", "token"];

const KEYS = [
  "search",
  "name",
  "status",
  "role",
  "login_type",
  "service_account",
  "last_seen_before",
  "last_seen_after",
  "created_before",
  "created_after",
  "github_com_user_id",
] as const;

/** Parses a query of the user list. Bare words are part of a name or an email address. @throws InvalidInputError naming the key */
export function parseUserSearch(query: string): Omit<UserFilter, "limit" | "offset" | "afterId"> {
  const terms = parseSearch(query, "search", KEYS, ["status", "role", "login_type"]);
  const { search, name, status, role, login_type, last_seen_before, last_seen_after, created_before, created_after } = terms;
  return {
    ...(search !== undefined && { search }),
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status: searchValues("status", status, STATUSES) }),
    ...(role !== undefined && { roles: role.split(",").map(knownRole) }),
    ...(login_type !== undefined && { loginTypes: searchValues("login_type", login_type, LOGIN_TYPES) }),
    ...(last_seen_before !== undefined && { lastSeenBefore: searchTime("last_seen_before", last_seen_before) }),
    ...(last_seen_after !== undefined && { lastSeenAfter: searchTime("last_seen_after", last_seen_after) }),
    ...(created_before !== undefined && { createdBefore: searchTime("created_before", created_before) }),
    ...(created_after !== undefined && { createdAfter: searchTime("created_after", created_after) }),
    ...(asksForNobody(terms) && { isNobody: true }),
  };
}

/** No user of this server is a service account or signs in with GitHub. */
function asksForNobody(terms: { readonly service_account?: string; readonly github_com_user_id?: string }): boolean {
  const { service_account, github_com_user_id } = terms;
  if (github_com_user_id !== undefined && !/^\d+$/.test(github_com_user_id)) throw invalid("github_com_user_id", "Expected a number.");
  const wantsServiceAccounts = service_account !== undefined && searchBoolean("service_account", service_account);
  return wantsServiceAccounts || github_com_user_id !== undefined;
}

function knownRole(name: string): string {
  if (isSiteRole(name)) return name;
  throw invalid("role", `${JSON.stringify(name.slice(0, 64))} is not a site role.`);
}

function invalid(field: string, detail: string): InvalidInputError {
  return new InvalidInputError("query parameters have invalid values", [{ field, detail }]);
}
