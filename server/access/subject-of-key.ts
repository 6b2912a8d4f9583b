import { type AllowList, parseAllowList } from "#authz/allow-list.ts";
import { type Memberships, rolesOf } from "#authz/roles.ts";
import type { Scope } from "#authz/scope.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { type Subject, userSubject } from "#authz/subject.ts";
import type { ApiKey } from "./used-key-rows.ts";

/** A stored value that this program does not know, written by a newer program or by hand. It never grants anything. */
export interface UnknownValue {
  readonly keyId: string;
  readonly userId: string;
  readonly problem: string;
}

export type KeySubject =
  | { readonly kind: "known"; readonly subject: Subject }
  /** The key opens nothing: half of what it was given could be more than was intended. */
  | { readonly kind: "unknown"; readonly problem: string };

/**
 * Builds a user's subject, limited by what its key was given and by what the key's ancestors may hand on. It has no origin, because each
 * request has its own.
 *
 * @param onUnknownRole called with a stored role that this program does not know, which then grants nothing
 */
export function subjectOfKey(
  key: Pick<ApiKey, "id" | "user_id" | "login_type" | "scopes" | "allow_list" | "ceilings">,
  roles: Memberships & { readonly groups: readonly string[] },
  onUnknownRole: (name: string) => void,
): KeySubject {
  const scope = readScope(key, "");
  if (typeof scope === "string") return { kind: "unknown", problem: scope };
  if (!Array.isArray(key.ceilings)) return { kind: "unknown", problem: "its ceilings are not a list" };
  const ceilings: Scope[] = [];
  for (const [index, stored] of key.ceilings.entries()) {
    const ceiling = readScope(stored, `in ceiling ${index + 1}, `);
    if (typeof ceiling === "string") return { kind: "unknown", problem: ceiling };
    if (Number.isNaN(Date.parse(stored.expires_at))) return { kind: "unknown", problem: `ceiling ${index + 1} has no readable expiry` };
    ceilings.push(ceiling);
  }
  const subject = userSubject({
    id: key.user_id,
    roles: rolesOf(roles, onUnknownRole),
    groups: roles.groups,
    scope,
    ceilings,
    credential: { kind: key.login_type === "token" ? "token" : "session", id: key.id },
  });
  return { kind: "known", subject };
}

/** When a key ends, in milliseconds since the epoch: as soon as it or one of its ceilings expires. */
export function endOfKey({ expires_at, ceilings }: Pick<ApiKey, "expires_at" | "ceilings">): number {
  return Math.min(expires_at.getTime(), ...ceilings.map((ceiling) => Date.parse(ceiling.expires_at)));
}

/** @returns the scope, or a description of what is wrong with it */
export function readScope(
  stored: { readonly scopes: readonly string[]; readonly allow_list: readonly string[] },
  where: string,
): Scope | string {
  // Our type, but anybody with write access to the database could have written the value.
  if (!isTextList(stored?.scopes)) return `${where}the scopes are not a list of names`;
  if (!isTextList(stored.allow_list)) return `${where}the allow list is not a list of entries`;
  const allowList: AllowList | string = readAllowList(stored.allow_list);
  if (typeof allowList === "string") return `${where}${allowList}`;
  const effective = effectiveScope(stored.scopes, allowList);
  if (effective.kind === "known") return effective.scope;
  if (effective.names.length === 0) return `${where}there is no scope`;
  return `${where}unknown scope ${effective.names.map((name) => JSON.stringify(name)).join(", ")}`;
}

function readAllowList(entries: readonly string[]): AllowList | string {
  const parsed = parseAllowList(entries);
  return parsed.kind === "parsed" ? parsed.allowList : parsed.errors.map(({ message }) => message).join("; ");
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
