/** What a line of query-rules.ts says, and the same taken apart. */
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { Manner } from "./guard.ts";

type RuledType = Exclude<ResourceType, "workspace_dormant">;
export type Ask = { [T in RuledType]: `read ${T}` | `${Exclude<Manner, "read">} ${Action<T>} ${T}` }[RuledType];

/** What is asked, at least one of it in every run; or why nothing needs to be. */
export type QueryRule = readonly Ask[] | { readonly none: string };

/** The code is wrong, not the caller: a query and its rule disagree. The caller gets nothing. */
export class QueryRuleError extends Error {
  override readonly name = "QueryRuleError";
}

/** A query's name, and its rule taken apart. */
export interface RuledQuery {
  readonly name: string;
  /** In the rule's order; undefined when nothing needs to be asked. */
  readonly asks: readonly Asked[] | undefined;
}

interface Asked {
  readonly manner: string;
  readonly action: string;
  readonly type: string;
}

/** @returns undefined when nothing needs to be asked */
export function parseRule(rule: QueryRule): readonly Asked[] | undefined {
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
