/** Holds one run of a query against its rule. */
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { Manner, OnAsked } from "./guard.ts";
import { QUERY_RULES, type QueryRule } from "./query-rules.ts";
import type { StoreView } from "./store.ts";

/** The code is wrong, not the caller: a query and its rule disagree. The caller gets nothing. */
export class QueryRuleError extends Error {
  override readonly name = "QueryRuleError";
}

/** A method of an entity, and its rule taken apart. */
export interface RuledQuery {
  readonly name: string;
  readonly method: string;
  /** In the rule's order; undefined when nothing needs to be asked. */
  readonly asks: readonly Asked[] | undefined;
}

interface Asked {
  readonly manner: string;
  readonly action: string;
  readonly type: string;
}

const QUERIES: ReadonlyMap<string, readonly RuledQuery[]> = new Map(
  Object.entries(QUERY_RULES).map(([entity, rules]: [string, Readonly<Record<string, QueryRule>>]) => [
    entity,
    Object.entries(rules).map(([method, rule]) => ({ name: `${entity}.${method}`, method, asks: asksOf(rule) })),
  ]),
);

function asksOf(rule: QueryRule): readonly Asked[] | undefined {
  if (!isAsking(rule)) return undefined;
  return rule.map((ask) => {
    const words = ask.split(" ");
    // `read workspace` is `read` the action as well as the manner.
    const [manner = "", action = "", type = ""] = words.length === 2 ? ["read", ...words] : words;
    return { manner, action, type };
  });
}

/** An array that is readonly is no array to `Array.isArray`'s type. */
function isAsking(rule: QueryRule): rule is Exclude<QueryRule, { none: string }> {
  return Array.isArray(rule);
}

export function ruledQueriesOf(entity: keyof StoreView): readonly RuledQuery[] {
  return QUERIES.get(entity) ?? [];
}

export interface Inquiry {
  readonly onAsked: OnAsked;
  /** Hands the answer on, whether it comes now, later or bit by bit, unless nothing was asked for it. */
  settle(answer: unknown): unknown;
}

export function inquire(query: RuledQuery, onQuery?: (name: string, asked: readonly string[]) => void): Inquiry {
  let isDecided = query.asks === undefined;
  const asked: string[] = [];
  const over = (): void => onQuery?.(query.name, asked);
  const requireDecided = (): void => {
    if (!isDecided)
      throw new QueryRuleError(
        `${query.name} answers without having asked anything: it must ask its guard, or have a rule that says why not (server/store/query-rules.ts)`,
      );
  };
  return {
    onAsked: (manner, action, type) => {
      if (!isInRule(query, manner, action, type))
        throw new QueryRuleError(
          `${query.name} asks ${JSON.stringify(inWords(manner, action, type))}, which its rule in server/store/query-rules.ts does not say`,
        );
      if (manner !== "may") isDecided = true;
      if (onQuery !== undefined) asked.push(inWords(manner, action, type));
    },
    settle: (answer) => {
      if (answer instanceof Promise)
        return answer.then(requireDecidedAfter, (error: unknown) => {
          over();
          throw error;
        });
      if (isStream(answer)) return decidedStream(answer, requireDecided, over);
      requireDecided();
      over();
      return answer;
    },
  };

  function requireDecidedAfter(answer: unknown): unknown {
    requireDecided();
    over();
    return answer;
  }
}

function isInRule({ asks = [] }: RuledQuery, manner: Manner, action: Action, type: ResourceType): boolean {
  const ruled = ruledType(type);
  return asks.some((ask) => ask.type === ruled && ask.action === action && ask.manner === manner);
}

function inWords(manner: Manner, action: Action, type: ResourceType): string {
  return manner === "read" ? `read ${ruledType(type)}` : `${manner} ${action} ${ruledType(type)}`;
}

/** A dormant workspace is a workspace to the rules. */
function ruledType(type: ResourceType): string {
  return type === "workspace_dormant" ? "workspace" : type;
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
}

async function* decidedStream(answer: AsyncIterable<unknown>, requireDecided: () => void, over: () => void): AsyncGenerator<unknown> {
  try {
    for await (const part of answer) {
      requireDecided();
      yield part;
    }
    requireDecided();
  } finally {
    over();
  }
}
