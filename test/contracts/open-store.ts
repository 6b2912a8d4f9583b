/** A database with all that a server makes of it, as contracts want it: queries under the names of their rules, for anybody. */
import { type Subject, SYSTEM } from "#authz/subject.ts";
import { type Access, accessTo, type QueryHooks } from "#server/access/access.ts";
import { AUTHENTICATION_TABLES, type Authentication, createAuthentication } from "#server/access/authentication.ts";
import type { UnknownValue } from "#server/access/subject-of-key.ts";
import type { Database } from "#server/database/database.ts";
import type { StoreEvents } from "#server/database/events.ts";
import { type OpenDatabaseOptions, openDatabase } from "#server/database/open-database.ts";
import { createSetup, type Setup } from "#server/people/set-up.ts";
import { createSessions, type Sessions } from "#server/sessions/sessions.ts";
import { type StoreView, viewOf } from "./store-view.ts";

export interface StoreOptions extends Omit<OpenDatabaseOptions, "watched"> {
  readonly onAllowed?: QueryHooks["onAllowed"];
  readonly onUnknownValue?: (unknown: UnknownValue) => void;
}

/** The same queries in the name of the server itself, and what has no subject yet. */
export interface SystemStore extends StoreView {
  readonly authentication: Authentication;
  readonly sessions: Sessions;
  readonly deploymentId: string;
  readonly setup: Setup;
  readonly core: Database;
}

export interface OpenStore extends AsyncDisposable {
  accessFor(subject: Subject): Access;
  as(subject: Subject): StoreView;
  readonly system: SystemStore;
  readonly events: StoreEvents;
  ping(): Promise<void>;
}

export async function openStore({ onAllowed, onUnknownValue = () => {}, ...options }: StoreOptions): Promise<OpenStore> {
  const opened = await openDatabase({ ...options, watched: AUTHENTICATION_TABLES });
  const { database, deploymentId } = opened;
  const accessFor = accessTo(database, { onAllowed });
  return {
    accessFor,
    as: (subject) => viewOf(accessFor(subject)),
    system: {
      ...viewOf(accessTo(database)(SYSTEM)),
      authentication: createAuthentication(database, onUnknownValue),
      sessions: createSessions(database),
      deploymentId,
      setup: createSetup(database),
      core: database,
    },
    events: database.events,
    ping: opened.ping,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
