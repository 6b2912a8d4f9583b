import type { SelectQueryBuilder } from "kysely";
import { InvalidInputError } from "../errors.ts";

export interface Page {
  /** 0 or absent: no limit. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /** The page begins after this row. */
  readonly afterId?: string | undefined;
}

/** For a list whose hidden rows are left out in SQL. SQLite accepts an offset only with a limit. */
export function paged<DB, TB extends keyof DB, O>(
  list: SelectQueryBuilder<DB, TB, O>,
  { limit = 0, offset = 0 }: Pick<Page, "limit" | "offset">,
): SelectQueryBuilder<DB, TB, O> {
  return limit === 0 && offset === 0 ? list : list.limit(limit === 0 ? Number.MAX_SAFE_INTEGER : limit).offset(offset);
}

/** The error for an `afterId` that names a row that the list does not contain, or does not show. */
export function notInList(): InvalidInputError {
  return new InvalidInputError("Query parameters have invalid values.", [{ field: "after_id", detail: "Not in the list." }]);
}
