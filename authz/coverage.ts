/** Decides whether one grant lies inside another, as every new and every changed key must. */
import { type AllowEntry, type AllowList, coversEntry, formatAllowEntry, mentions } from "./allow-list.ts";
import type { Permission } from "./permission.ts";
import { canonicalScopeName, defaultsOf, helperPermissions, permissionsOfScope } from "./scope-catalog.ts";

/** What a key is granted, or what its boundary lets it hand on. */
export interface Grant {
  /** Scope names, which may be aliases. */
  readonly scopes: readonly string[];
  readonly allowList: AllowList;
  /** Milliseconds since the epoch; absent if the grant never expires. */
  readonly expiresAt?: number;
}

export type Excess =
  | { readonly kind: "covered" }
  | {
      readonly kind: "excess";
      /** `type:action`, `type:*` and `coder:all` that the outer grant lacks, sorted. */
      readonly scopes: readonly string[];
      /** Entries that the outer grant lacks, sorted. */
      readonly allowList: readonly string[];
      /** Entries of `allowList` that nobody wrote: a composite adds them because the inner list does not mention the type. */
      readonly defaults: readonly { readonly scope: string; readonly entry: string }[];
      /** Present if the inner grant lives longer: the latest expiry that would have been covered. */
      readonly expiresAt?: number;
    };

/**
 * What `inner` has beyond `outer`. Names are compared by what they allow, so the parts of a composite cover it. Only a wildcard
 * covers a wildcard, because a wildcard also stands for actions added later. An entry is covered by one at least as wide, or if the outer
 * grant has a default for its type that allows everything that the inner scopes allow there.
 *
 * @throws RangeError if a name on either side is unknown, because then the grants cannot be compared
 */
export function excess(outer: Grant, inner: Grant): Excess {
  const held = permissionsOf(outer);
  const wanted = permissionsOf(inner);
  const scopes = wanted.filter((permission) => !isCovered(held, permission)).map(scopeNameOf);
  const outerDefaults = defaultsOf(outer.scopes.map(canonicalScopeName), outer.allowList);
  const entries = inner.allowList.filter((entry) => !admits(outer.allowList, entry) && !isDefault(outerDefaults, wanted, entry));
  const defaults = unheldDefaults(outer.allowList, outerDefaults, inner);
  const allowList = [...entries.map(formatAllowEntry), ...defaults.map(({ entry }) => entry)];
  const livesLonger = outer.expiresAt !== undefined && (inner.expiresAt === undefined || inner.expiresAt > outer.expiresAt);
  if (scopes.length === 0 && allowList.length === 0 && !livesLonger) return { kind: "covered" };
  return {
    kind: "excess",
    scopes: [...new Set(scopes)].sort(),
    allowList: [...new Set(allowList)].sort(),
    defaults,
    ...(livesLonger && { expiresAt: outer.expiresAt }),
  };
}

function permissionsOf({ scopes }: Grant): Permission[] {
  return scopes.flatMap((name) => {
    const permissions = permissionsOfScope(canonicalScopeName(name));
    if (permissions === undefined) throw new RangeError(`${JSON.stringify(name)} is not a known scope`);
    return permissions;
  });
}

function isCovered(held: readonly Permission[], { type, action }: Permission): boolean {
  return held.some((has) => (has.type === "*" || has.type === type) && (has.action === "*" || has.action === action));
}

function admits(list: AllowList, entry: AllowEntry): boolean {
  return list.some((outer) => coversEntry(outer, entry));
}

/** A child may name one template if its parent has all of them by default: that is narrowing if the child can do no more with it. */
function isDefault(outerDefaults: readonly Permission[], wanted: readonly Permission[], entry: AllowEntry): boolean {
  if (entry.type === "*" || !outerDefaults.some(({ type }) => type === entry.type)) return false;
  const used = wanted.filter(({ type }) => type === "*" || type === entry.type);
  return used.every((permission) => isCovered(outerDefaults, permission));
}

function unheldDefaults(outerList: AllowList, outerDefaults: readonly Permission[], inner: Grant): { scope: string; entry: string }[] {
  if (inner.allowList.length === 0) return [];
  const found = new Map<string, { scope: string; entry: string }>();
  for (const name of inner.scopes.map(canonicalScopeName)) {
    for (const { type, action } of helperPermissions(name)) {
      const entry: AllowEntry = { type, id: "*" };
      if (mentions(inner.allowList, type) || admits(outerList, entry) || isCovered(outerDefaults, { type, action })) continue;
      found.set(`${name} ${type}`, { scope: name, entry: formatAllowEntry(entry) });
    }
  }
  return [...found.values()];
}

function scopeNameOf({ type, action }: Permission): string {
  return type === "*" ? "coder:all" : `${type}:${action}`;
}
