import type { Subject } from "#authz/subject.ts";
import { createGuard, type Guard, type OnAllowed } from "./guard.ts";
import { inquire, QueryRuleError, type RuledQuery, ruledQueriesOf } from "./query-inquiry.ts";
import type { StoreView } from "./store.ts";

export interface QueryHooks {
  readonly onAllowed?: OnAllowed | undefined;
  /** Hears of a query that is over, and what it asked, in the words of the rules. For tests. */
  readonly onQuery?: ((name: string, asked: readonly string[]) => void) | undefined;
}

/**
 * The entity that `make` makes, each of its methods running as a query: with a guard of its own, and held against its rule.
 *
 * @param queries default: those of query-rules.ts
 * @throws QueryRuleError when a method is taken that no rule covers
 */
export function ruledEntity<E extends object>(
  name: keyof StoreView,
  make: (guard: Guard) => E,
  subject: Subject,
  hooks: QueryHooks = {},
  queries: readonly RuledQuery[] = ruledQueriesOf(name),
): E {
  const entity: Record<string, unknown> = Object.create(unruled(name, () => make(createGuard(subject))));
  for (const query of queries)
    entity[query.method] = (...args: readonly unknown[]): unknown => {
      const inquiry = inquire(query, hooks.onQuery);
      const guard = createGuard(subject, { onAllowed: hooks.onAllowed, onAsked: inquiry.onAsked });
      const run: unknown = Reflect.get(make(guard), query.method);
      if (typeof run !== "function") throw new QueryRuleError(`a rule names ${query.name}, which does not exist`);
      return inquiry.settle(run(...args));
    };
  // The same methods under the same names: `QueryRules` has a line for each, or does not compile.
  return entity as E;
}

/** Where a method is looked for that no rule names. */
function unruled(name: string, make: () => object): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => {
        if (typeof key !== "string" || !Object.hasOwn(make(), key)) return undefined;
        throw new QueryRuleError(`no rule covers ${name}.${key}: say in server/store/query-rules.ts what it asks`);
      },
    },
  );
}
