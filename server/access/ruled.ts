import type { Access } from "./access.ts";
import type { Context } from "./context.ts";
import { createGuard } from "./guard.ts";
import { inquire } from "./query-inquiry.ts";
import type { RuledQuery } from "./query-rule.ts";
import { type QueryName, ruleOf } from "./query-rules.ts";

/** A query as callers see it: for whom, then what. */
export type Ruled<A extends readonly unknown[], R> = (access: Access, ...args: A) => R;

/**
 * A query held against its line in query-rules.ts. Each call has a guard of its own, so that what it asks is known: a query without a line
 * does not run, one that asks what its line does not say fails, and one that asked nothing gives no answer. In tests as in production: the
 * price is a guard, about a microsecond a query.
 *
 * @throws QueryRuleError when the table has no such line
 */
export function ruled<A extends readonly unknown[], R>(name: QueryName, run: (context: Context, ...args: A) => R): Ruled<A, R> {
  return ruledBy(ruleOf(name), run);
}

/** @param query its rule taken apart, for tests of this */
export function ruledBy<A extends readonly unknown[], R>(query: RuledQuery, run: (context: Context, ...args: A) => R): Ruled<A, R> {
  return ({ database, subject, hooks }, ...args) => {
    const inquiry = inquire(query, hooks.onQuery);
    const guard = createGuard(subject, { onAllowed: hooks.onAllowed, onAsked: inquiry.onAsked });
    return inquiry.settle(run({ ...database, guard }, ...args));
  };
}
