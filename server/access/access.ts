/**
 * The only way to rows. This file and its neighbors decide whom a credential stands for and what a subject may do with a row, and define
 * the rule that every query must ask. The queries themselves stand with their features; each is wrapped by `ruled` where it is defined.
 *
 * A route or a service holds an `Access`, which says for whom it works, and passes it to queries. An object that the subject may not read
 * gives `NotFoundError`, exactly like one that does not exist; an object that it may read but not change gives `ForbiddenError`; lists
 * leave out what it may not read. Internal work (jobs, authentication, setup) uses the database itself, which only start.ts hands out.
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
  /** Called when a query has ended, with what it asked in the words of the rules. For tests. */
  readonly onQuery?: ((name: string, asked: readonly string[]) => void) | undefined;
}

/** What routes and services get: the access of whomever they have authenticated. */
export type AccessFor = (subject: Subject) => Access;

export function accessTo(database: Database, hooks: QueryHooks = {}): AccessFor {
  return (subject) => ({ subject, database, hooks });
}
