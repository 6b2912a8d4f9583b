/**
 * The rules about keys: what a key holds, what it may hand on, and what a new or changed key would hold beyond that. All of them are
 * functions of data; the commands of tokens/ call them inside the transaction of the change, on rows that are locked.
 */
import { type AllowList, parseAllowList } from "#authz/allow-list.ts";
import { excess } from "#authz/coverage.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import type { StoredCeiling } from "../database/tables/keys.ts";
import type { Row } from "../database/tables.ts";

/** The columns of a key's row that the rules use. */
export type HeldKey = Pick<
  Row<"api_keys">,
  "id" | "user_id" | "login_type" | "token_name" | "scopes" | "allow_list" | "boundary" | "ceilings" | "expires_at"
>;

/** What a key may do and until when, or what it may hand on. */
export interface KeyGrant {
  readonly scopes: readonly string[];
  /** `type:id` entries. */
  readonly allowList: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The maximum number of keys between a key and the session at its root. Each ancestor is asked for every decision of the key. */
export const MAX_CHAIN = 16;

export function isToken(key: Pick<HeldKey, "login_type">): boolean {
  return key.login_type === "token";
}

/** Whether the key stands for its user without any limit, so that it may grant whatever the user may. */
export function isFullSession(key: HeldKey): boolean {
  return !isToken(key) && key.ceilings.length === 0 && key.scopes.includes("coder:all") && key.allow_list.includes("*:*");
}

export function ownGrant(key: Pick<HeldKey, "scopes" | "allow_list" | "expires_at">): KeyGrant {
  return { scopes: key.scopes, allowList: key.allow_list, expiresAt: key.expires_at.getTime() };
}

/** Returns the most that keys minted by this key may hold: the key's own grant, unless its boundary says otherwise. */
export function boundaryOf(key: Pick<HeldKey, "scopes" | "allow_list" | "expires_at" | "boundary">): KeyGrant {
  const own = ownGrant(key);
  const { scopes, allow_list, expires_at } = key.boundary ?? { scopes: null, allow_list: null, expires_at: null };
  return {
    scopes: scopes ?? own.scopes,
    allowList: allow_list ?? own.allowList,
    expiresAt: expires_at === null ? own.expiresAt : Date.parse(expires_at),
  };
}

/** Returns everything that a key created by this one must stay inside; nothing for a session. */
export function limitsOf(key: HeldKey): readonly KeyGrant[] {
  return isFullSession(key) ? [] : [boundaryOf(key), ...key.ceilings.map(ceilingGrant)];
}

/** Returns the snapshot for a key created by this one: its boundary, and what limits it. */
export function ceilingsForChildOf(key: HeldKey): readonly StoredCeiling[] {
  return isFullSession(key) ? [] : [ceilingOf(key), ...key.ceilings];
}

export function ceilingOf(key: Pick<HeldKey, "id" | "scopes" | "allow_list" | "expires_at" | "boundary">): StoredCeiling {
  const { scopes, allowList, expiresAt } = boundaryOf(key);
  return { key_id: key.id, scopes, allow_list: allowList, expires_at: new Date(expiresAt).toISOString() };
}

export function ceilingGrant({ scopes, allow_list, expires_at }: StoredCeiling): KeyGrant {
  return { scopes, allowList: allow_list, expiresAt: Date.parse(expires_at) };
}

/** Returns the earliest end of several grants; infinity for none. */
export function endOf(grants: readonly KeyGrant[]): number {
  return Math.min(Number.POSITIVE_INFINITY, ...grants.map(({ expiresAt }) => expiresAt));
}

/** What a grant holds beyond others, each of which it must stay inside. */
export interface GrantExcess {
  readonly scopes: readonly string[];
  /** `type:id` entries. */
  readonly allowList: readonly string[];
  /** Entries of `allowList` that a composite adds because the list does not mention the type. */
  readonly defaults: readonly { readonly scope: string; readonly entry: string }[];
  /** Present if the grant lives too long: the latest end that would be allowed. */
  readonly expiresAt: number | undefined;
}

/**
 * Returns what `inner` holds beyond any of `limits`, or undefined if it holds nothing beyond. A stored name or entry that this program does
 * not know covers nothing on the outer side.
 *
 * @param inner has known names; a stored grant with unknown ones exceeds everything
 */
export function excessBeyond(limits: readonly KeyGrant[], inner: KeyGrant): GrantExcess | undefined {
  const scopes = new Set<string>();
  const allowList = new Set<string>();
  const defaults = new Map<string, { readonly scope: string; readonly entry: string }>();
  const innerList = readList(inner.allowList);
  for (const limit of limits) {
    const outerList = readList(limit.allowList);
    const isKnown = isKnownScope(limit.scopes, outerList) && isKnownScope(inner.scopes, innerList);
    if (!isKnown) {
      for (const name of inner.scopes) scopes.add(name);
      for (const entry of inner.allowList) allowList.add(entry);
      continue;
    }
    const found = excess({ scopes: limit.scopes, allowList: outerList }, { scopes: inner.scopes, allowList: innerList });
    if (found.kind === "covered") continue;
    for (const name of found.scopes) scopes.add(name);
    for (const entry of found.allowList) allowList.add(entry);
    for (const one of found.defaults) defaults.set(`${one.scope} ${one.entry}`, one);
  }
  const end = endOf(limits);
  const livesTooLong = inner.expiresAt > end;
  if (scopes.size === 0 && allowList.size === 0 && !livesTooLong) return undefined;
  return {
    scopes: [...scopes].sort(),
    allowList: [...allowList].sort(),
    defaults: [...defaults.values()],
    expiresAt: livesTooLong ? end : undefined,
  };
}

function isKnownScope(names: readonly string[], allowList: AllowList): boolean {
  return effectiveScope(names, allowList).kind === "known";
}

/** A list with an entry that cannot be parsed admits nothing. */
function readList(entries: readonly string[]): AllowList {
  const parsed = parseAllowList(entries);
  return parsed.kind === "parsed" ? parsed.allowList : [];
}
