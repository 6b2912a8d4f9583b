import type { Access } from "./access.ts";
import type { Context } from "./context.ts";
import { createGuard } from "./guard.ts";
import { inquire } from "./query-inquiry.ts";
import type { RuledQuery } from "./query-rule.ts";
import { type QueryName, ruleOf } from "./query-rules.ts";

/** A query as callers see it: first for whom, then what. */
export type Ruled<A extends readonly unknown[], R> = (access: Access, ...args: A) => R;

/**
 * Compares a query with its line in query-rules.ts. Each call has its own guard, so that it is known what the call asks: a query without a
 * line does not run, a query that asks what its line does not contain fails, and one that asked nothing gives no answer. This holds in
 * tests and in production; it costs one guard, about a microsecond for each query.
 *
 * @throws QueryRuleError if the table has no such line
 */
export function ruled<A extends readonly unknown[], R>(name: QueryName, run: (context: Context, ...args: A) => R): Ruled<A, R> {
  return ruledBy(ruleOf(name), run);
}

/** @param query the parsed rule, for tests of this file */
export function ruledBy<A extends readonly unknown[], R>(query: RuledQuery, run: (context: Context, ...args: A) => R): Ruled<A, R> {
  return ({ database, subject, hooks }, ...args) => {
    const inquiry = inquire(query, hooks.onQuery);
    const guard = createGuard(subject, { onAllowed: hooks.onAllowed, onAsked: inquiry.onAsked });
    return inquiry.settle(run({ ...database, guard }, ...args));
  };
}
