import type { Origin, Subject } from "#authz/subject.ts";
import type { User } from "../access/person-rows.ts";
import type { Database } from "../database/database.ts";
import { beginSession } from "./begin-session.ts";
import { endSession } from "./end-session.ts";
import { refuseSignIn } from "./refuse-sign-in.ts";

/** Signing in and out for routes, which hold no database. None of it asks for a right: a password or a key says who it is. */
export interface Sessions {
  begin(user: User, session: { readonly lifetimeSeconds: number; readonly origin: Origin }): Promise<string | undefined>;
  refuse(attempt: { readonly email: string; readonly origin: Origin }): Promise<void>;
  end(subject: Subject): Promise<void>;
}

export function createSessions(core: Database): Sessions {
  return {
    begin: (user, session) => beginSession(core, user, session),
    refuse: (attempt) => refuseSignIn(core, attempt),
    end: (subject) => endSession(core, subject),
  };
}
