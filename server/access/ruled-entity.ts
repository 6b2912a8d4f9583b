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
  const known = classes.get(queries);
  const Ruled = known ?? ruledClass(name, queries);
  if (known === undefined) classes.set(queries, Ruled);
  // The same methods under the same names: `QueryRules` has a line for each, or does not compile.
  return new Ruled(make, subject, hooks) as object as E;
}

/** Made once for each entity: a request makes an object of it, and no functions. */
const classes = new WeakMap<readonly RuledQuery[], typeof RuledQueries>();

class RuledQueries {
  readonly #make: (guard: Guard) => object;
  readonly #subject: Subject;
  readonly #hooks: QueryHooks;

  constructor(make: (guard: Guard) => object, subject: Subject, hooks: QueryHooks) {
    this.#make = make;
    this.#subject = subject;
    this.#hooks = hooks;
  }

  static run(entity: RuledQueries, query: RuledQuery, args: readonly unknown[]): unknown {
    const inquiry = inquire(query, entity.#hooks.onQuery);
    const guard = createGuard(entity.#subject, { onAllowed: entity.#hooks.onAllowed, onAsked: inquiry.onAsked });
    const run: unknown = Reflect.get(entity.#make(guard), query.method);
    if (typeof run !== "function") throw new QueryRuleError(`a rule names ${query.name}, which does not exist`);
    return inquiry.settle(run(...args));
  }

  static hasMethod(entity: RuledQueries, name: string): boolean {
    return Object.hasOwn(entity.#make(createGuard(entity.#subject)), name);
  }
}

function ruledClass(entity: string, queries: readonly RuledQuery[]): typeof RuledQueries {
  const Ruled = class extends RuledQueries {};
  for (const query of queries)
    Object.defineProperty(Ruled.prototype, query.method, {
      value(this: RuledQueries, ...args: readonly unknown[]): unknown {
        return RuledQueries.run(this, query, args);
      },
    });
  Object.setPrototypeOf(Ruled.prototype, unruled(entity));
  return Ruled;
}

/** Where a method is looked for that no rule names. */
function unruled(name: string): object {
  return new Proxy(
    {},
    {
      get: (_target, key, entity) => {
        if (typeof key !== "string" || !RuledQueries.hasMethod(entity, key)) return undefined;
        throw new QueryRuleError(`no rule covers ${name}.${key}: say in server/access/query-rules.ts what it asks`);
      },
    },
  );
}
