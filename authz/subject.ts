import type { Permission } from "./permission.ts";
import type { Role } from "./role.ts";
import { FULL_SCOPE, type Scope } from "./scope.ts";

/** What the subject showed. Only a session stands for the whole user: tokens cannot set boundaries, mint for others, or set passwords. */
export interface Credential {
  readonly kind: "session" | "token" | "agent" | "internal";
  /** Of the key or the agent; empty for internal work. */
  readonly id: string;
}

/** Where a request came from: for the audit log and usage. Nothing is decided by it. */
export interface Origin {
  readonly requestId: string;
  readonly ipAddress: string;
  readonly userAgent: string;
}

/** Who asks. Built anew for each request, so that a changed role counts from the next one on. */
export interface Subject {
  /** The user's id; an agent acts under its owner's. */
  readonly id: string;
  /** For logs only. */
  readonly kind: "user" | "agent" | "internal";
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly scope: Scope;
  /** What the keys were bounded to that this one was minted by, and they in turn: each must allow as well. Empty for sessions. */
  readonly ceilings: readonly Scope[];
  readonly credential: Credential;
  /** Absent for internal work. */
  readonly origin?: Origin;
}

/** Without a credential it counts as a token, which may do less than a session. */
export function userSubject({
  ceilings = [],
  credential = { kind: "token", id: "" },
  ...user
}: Omit<Subject, "kind" | "ceilings" | "credential"> & Partial<Pick<Subject, "ceilings" | "credential">>): Subject {
  return { ...user, kind: "user", ceilings, credential };
}

/** A part of the server that acts for itself, with exactly these rights on everything. The name is for logs. */
function internalSubject(name: string, permissions: readonly Permission[]): Subject {
  return {
    id: "",
    kind: "internal",
    roles: [{ name, site: permissions, user: [], byOrganization: new Map() }],
    groups: [],
    scope: FULL_SCOPE,
    ceilings: [],
    credential: { kind: "internal", id: "" },
  };
}

/** For what happens before anybody is known (authentication, the first user) and for housekeeping. Never for a request of somebody known. */
export const SYSTEM: Subject = internalSubject("system", FULL_SCOPE.permissions);
