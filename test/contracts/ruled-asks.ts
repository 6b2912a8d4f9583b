/** The table of query rules, in the form in which it is recorded what a query asks. */
import type { QueryRule } from "#server/access/query-rule.ts";
import { QUERY_RULES } from "#server/access/query-rules.ts";

/** By a query's name, what its rule says, sorted. */
export const RULED_ASKS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<Readonly<Record<string, QueryRule>>>(QUERY_RULES).flatMap(([about, rules]) =>
    Object.entries(rules).map(([name, rule]) => [`${about}.${name}`, "none" in rule ? [] : [...rule].sort()] as const),
  ),
);

/** What queries asked, gathered over many runs. */
export class AskedQueries {
  readonly #asked = new Map<string, Set<string>>();

  add(name: string, asks: readonly string[]): void {
    this.#asked.set(name, (this.#asked.get(name) ?? new Set()).union(new Set(asks)));
  }

  /** @returns for each of the queries, what it asked and what its rule says, to be compared */
  held(names: Iterable<string>): { readonly asked: Record<string, readonly string[]>; readonly ruled: Record<string, readonly string[]> } {
    const [asked, ruled]: [Record<string, readonly string[]>, Record<string, readonly string[]>] = [{}, {}];
    for (const name of names) {
      asked[name] = [...(this.#asked.get(name) ?? ["nothing: no call reaches it"])].sort();
      ruled[name] = RULED_ASKS.get(name) ?? ["no rule"];
    }
    return { asked, ruled };
  }
}
