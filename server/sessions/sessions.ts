import type { Origin, Subject } from "#authz/subject.ts";
import type { User } from "../access/person-rows.ts";
import type { Database } from "../database/database.ts";
import { beginSession } from "./begin-session.ts";
import { endSession } from "./end-session.ts";
import { refuseSignIn } from "./refuse-sign-in.ts";
import { hasSessionFrom } from "./rows.ts";

/** Signing in and out, for routes, which have no database. None of it checks a right: a password or a key identifies the user. */
export interface Sessions {
  begin(user: User, session: { readonly lifetimeSeconds: number; readonly origin: Origin }): Promise<string | undefined>;
  refuse(attempt: { readonly email: string; readonly origin: Origin }): Promise<void>;
  end(subject: Subject): Promise<void>;
  /** Whether a session of the account was opened, or last used, at the address. */
  hasSignedInFrom(email: string, ipAddress: string): Promise<boolean>;
}

export function createSessions(core: Database): Sessions {
  return {
    begin: (user, session) => beginSession(core, user, session),
    refuse: (attempt) => refuseSignIn(core, attempt),
    end: (subject) => endSession(core, subject),
    hasSignedInFrom: (email, ipAddress) => hasSessionFrom(core.db, email, ipAddress),
  };
}
