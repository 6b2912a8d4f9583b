import type { Permission } from "./permission.ts";
import { compileRights, type Rights } from "./rights.ts";
import type { Role } from "./role.ts";
import { FULL_SCOPE, type Scope } from "./scope.ts";

/**
 * The credential that the subject presented. Only a session stands for the whole user: tokens cannot set boundaries, create tokens for
 * other users, or set passwords.
 */
export interface Credential {
  readonly kind: "session" | "token" | "agent" | "internal";
  /** The id of the key or the agent; empty for internal work. */
  readonly id: string;
}

/** Where a request came from, for the audit log and usage. No decision depends on it. */
export interface Origin {
  readonly requestId: string;
  readonly ipAddress: string;
  readonly userAgent: string;
}

export interface SubjectFields {
  /** The user's id; an agent acts under its owner's id. */
  readonly id: string;
  /** For logs only. */
  readonly kind: "user" | "agent" | "internal";
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly scope: Scope;
  /** The boundaries of the key that created this one, and of that key's ancestors: each must also allow. Empty for sessions. */
  readonly ceilings: readonly Scope[];
  readonly credential: Credential;
  /** Absent for internal work. */
  readonly origin?: Origin | undefined;
}

/**
 * Who is asking. A subject is created for each request, so that a changed role applies from the next one on; its rights are compiled when
 * they are first needed. Only the functions of this room create one: a copy of its fields is not a subject, because it has no rights.
 */
export type Subject = CompiledSubject;

class CompiledSubject implements SubjectFields {
  readonly id: string;
  readonly kind: SubjectFields["kind"];
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly scope: Scope;
  readonly ceilings: readonly Scope[];
  readonly credential: Credential;
  readonly origin: Origin | undefined;
  #rights: Rights | undefined;

  constructor({ id, kind, roles, groups, scope, ceilings, credential, origin }: SubjectFields, rights?: Rights) {
    this.id = id;
    this.kind = kind;
    this.roles = roles;
    this.groups = groups;
    this.scope = scope;
    this.ceilings = ceilings;
    this.credential = credential;
    this.origin = origin;
    this.#rights = rights;
  }

  get rights(): Rights {
    this.#rights ??= compileRights(this.roles, this.scope, this.ceilings);
    return this.#rights;
  }
}

export function createSubject(fields: SubjectFields): Subject {
  return new CompiledSubject(fields);
}

/** The same subject in another request. Its rights are not compiled again. */
export function withOrigin(subject: Subject, origin: Origin): Subject {
  const { id, kind, roles, groups, scope, ceilings, credential, rights } = subject;
  return new CompiledSubject({ id, kind, roles, groups, scope, ceilings, credential, origin }, rights);
}

/** Without a credential, the subject counts as a token, which may do less than a session. */
export function userSubject({
  ceilings = [],
  credential = { kind: "token", id: "" },
  ...user
}: Omit<SubjectFields, "kind" | "ceilings" | "credential"> & Partial<Pick<SubjectFields, "ceilings" | "credential">>): Subject {
  return createSubject({ ...user, kind: "user", ceilings, credential });
}

/** A part of the server that acts on its own behalf, with exactly these rights on everything. The name is for logs. */
function internalSubject(name: string, permissions: readonly Permission[]): Subject {
  return createSubject({
    id: "",
    kind: "internal",
    roles: [{ name, site: permissions, user: [], byOrganization: new Map() }],
    groups: [],
    scope: FULL_SCOPE,
    ceilings: [],
    credential: { kind: "internal", id: "" },
  });
}

/** For work before a caller is known (authentication, the first user) and for housekeeping. Never for a request whose caller is known. */
export const SYSTEM: Subject = internalSubject("system", FULL_SCOPE.permissions);

/** Whether any role, including the one that membership implies, is bound to the organization. */
export function isInOrganization({ rights }: Subject, organizationId: string): boolean {
  return rights.roles.organizations.has(organizationId);
}
