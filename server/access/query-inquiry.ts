/** Compares one run of a query with its rule. */
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { Manner, OnAsked } from "./guard.ts";
import { QueryRuleError, type RuledQuery } from "./query-rule.ts";

type OnQuery = (name: string, asked: readonly string[]) => void;

export function inquire(query: RuledQuery, onQuery?: OnQuery): Inquiry {
  return new Inquiry(query, onQuery);
}

/** A class, because each query has one: it costs one object and one function. */
class Inquiry {
  readonly #query: RuledQuery;
  readonly #onQuery: OnQuery | undefined;
  readonly #asked: string[] | undefined;
  #isDecided: boolean;

  constructor(query: RuledQuery, onQuery: OnQuery | undefined) {
    this.#query = query;
    this.#onQuery = onQuery;
    this.#asked = onQuery && [];
    this.#isDecided = query.asks === undefined;
  }

  readonly onAsked: OnAsked = (manner, action, type) => {
    if (!isInRule(this.#query, manner, action, type)) {
      const asks = JSON.stringify(inWords(manner, action, type));
      throw new QueryRuleError(`${this.#query.name} asks ${asks}, which its rule in server/access/query-rules.ts does not contain`);
    }
    if (manner !== "may") this.#isDecided = true;
    this.#asked?.push(inWords(manner, action, type));
  };

  /** Passes the answer on, whether it is a value, a promise or a stream, unless nothing was asked for it. */
  settle<R>(answer: R): R {
    // The result resolves to the same value, or streams the same values.
    if (answer instanceof Promise) return this.#settleLater(answer) as R;
    if (isStream(answer)) return this.#settleParts(answer) as R;
    try {
      this.#requireDecided();
      return answer;
    } finally {
      this.#over();
    }
  }

  async #settleLater(answer: Promise<unknown>): Promise<unknown> {
    try {
      const value = await answer;
      this.#requireDecided();
      return value;
    } finally {
      this.#over();
    }
  }

  async *#settleParts(answer: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    try {
      for await (const part of answer) {
        this.#requireDecided();
        yield part;
      }
      this.#requireDecided();
    } finally {
      this.#over();
    }
  }

  #over(): void {
    if (this.#asked !== undefined) this.#onQuery?.(this.#query.name, this.#asked);
  }

  #requireDecided(): void {
    if (!this.#isDecided)
      throw new QueryRuleError(
        `${this.#query.name} answers without having asked anything: it must ask its guard, or its rule must say why it need not (server/access/query-rules.ts)`,
      );
  }
}

function isInRule({ asks = [] }: RuledQuery, manner: Manner, action: Action, type: ResourceType): boolean {
  const ruled = ruledType(type);
  return asks.some((ask) => ask.type === ruled && ask.action === action && ask.manner === manner);
}

function inWords(manner: Manner, action: Action, type: ResourceType): string {
  return manner === "read" ? `read ${ruledType(type)}` : `${manner} ${action} ${ruledType(type)}`;
}

/** The rules treat a dormant workspace as a workspace. */
function ruledType(type: ResourceType): string {
  return type === "workspace_dormant" ? "workspace" : type;
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
}
