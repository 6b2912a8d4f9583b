import { InvalidInputError } from "../errors.ts";
import { parseSearch } from "../search.ts";
import type { UserStatus } from "../store/tables.ts";
import type { UserFilter } from "../store/users.ts";

const STATUSES: readonly UserStatus[] = ["active", "dormant", "suspended"];

/** A query of the user list: bare words are part of a name or an e-mail address. @throws InvalidInputError naming the key */
export function parseUserSearch(query: string): Pick<UserFilter, "search" | "status"> {
  const { search, status } = parseSearch(query, "search", ["search", "status"]);
  return { ...(search !== undefined && { search }), ...(status !== undefined && { status: status.split(",").map(parseStatus) }) };
}

function parseStatus(text: string): UserStatus {
  const status = STATUSES.find((known) => known === text);
  if (status !== undefined) return status;
  throw new InvalidInputError("query parameters have invalid values", [
    { field: "status", detail: `It is one of: ${STATUSES.join(", ")}.` },
  ]);
}
