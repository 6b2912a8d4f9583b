/** The types of the lines of query-rules.ts, and their parser. */
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { Manner } from "./guard.ts";

type RuledType = Exclude<ResourceType, "workspace_dormant">;
export type Ask = { [T in RuledType]: `read ${T}` | `${Exclude<Manner, "read">} ${Action<T>} ${T}` }[RuledType];

/** What the query asks, at least one of which in every run; or the reason why it needs to ask nothing. */
export type QueryRule = readonly Ask[] | { readonly none: string };

/** The code is wrong, not the caller: a query and its rule disagree. The caller gets no answer. */
export class QueryRuleError extends Error {
  override readonly name = "QueryRuleError";
}

/** A query's name, and its parsed rule. */
export interface RuledQuery {
  readonly name: string;
  /** In the rule's order; undefined if nothing needs to be asked. */
  readonly asks: readonly Asked[] | undefined;
}

interface Asked {
  readonly manner: string;
  readonly action: string;
  readonly type: string;
}

/** @returns undefined if nothing needs to be asked */
export function parseRule(rule: QueryRule): readonly Asked[] | undefined {
  if (!isAsking(rule)) return undefined;
  return rule.map((ask) => {
    const words = ask.split(" ");
    // In `read workspace`, `read` is the action as well as the manner.
    const [manner = "", action = "", type = ""] = words.length === 2 ? ["read", ...words] : words;
    return { manner, action, type };
  });
}

/** `Array.isArray` does not narrow a readonly array by itself. */
function isAsking(rule: QueryRule): rule is Exclude<QueryRule, { none: string }> {
  return Array.isArray(rule);
}
