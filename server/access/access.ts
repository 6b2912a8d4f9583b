/**
 * The only door to rows. What lives here: who a credential stands for, what a subject may do with a row, and the rule that every query asks.
 * What does not: the queries, which stand with their features, each wrapped by `ruled` where it is defined.
 *
 * A route or a service holds an `Access`, which says for whom it works, and hands it to queries. What the subject may not read answers
 * `NotFoundError`, exactly as what does not exist; what it may read but not change throws `ForbiddenError`; lists leave out what it may not
 * read. Internal work (jobs, authentication, setup) uses the database itself, which only start.ts hands out.
 */
import type { Subject } from "#authz/subject.ts";
import type { Database } from "../database/database.ts";
import type { OnAllowed } from "./guard.ts";

export interface Access {
  readonly subject: Subject;
  readonly database: Database;
  readonly hooks: QueryHooks;
}

export interface QueryHooks {
  readonly onAllowed?: OnAllowed | undefined;
  /** Hears of a query that is over, and what it asked, in the words of the rules. For tests. */
  readonly onQuery?: ((name: string, asked: readonly string[]) => void) | undefined;
}

/** What routes and services get: the way in for whoever they have authenticated. */
export type AccessFor = (subject: Subject) => Access;

export function accessTo(database: Database, hooks: QueryHooks = {}): AccessFor {
  return (subject) => ({ subject, database, hooks });
}
