/** Whether one grant lies inside another: the question behind every minted and every changed key. */
import { type AllowEntry, type AllowList, coversEntry, formatAllowEntry, mentions } from "./allow-list.ts";
import type { Permission } from "./permission.ts";
import { canonicalScopeName, defaultsOf, helperPermissions, permissionsOfScope } from "./scope-catalog.ts";

/** What a key is given, or what its boundary lets it give. */
export interface Grant {
  /** Names, aliases included. */
  readonly scopes: readonly string[];
  readonly allowList: AllowList;
  /** Milliseconds since the epoch; absent: never. */
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
      /** Those of `allowList` that nobody wrote down: a composite brings them because the inner list does not mention the type. */
      readonly defaults: readonly { readonly scope: string; readonly entry: string }[];
      /** Present when the inner grant lives longer: the latest end that would have been covered. */
      readonly expiresAt?: number;
    };

/**
 * What `inner` holds beyond `outer`. Names count as what they allow, so an alias or a composite is covered by its parts; only a wildcard
 * covers a wildcard, since it also stands for what is yet to come. An entry is covered by one at least as wide, or when the outer grant has
 * a default for its type that holds all that the inner scopes can do there.
 *
 * @throws RangeError if a name on either side is unknown: that is no question of more or less
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
    if (permissions === undefined) throw new RangeError(`there is no scope ${JSON.stringify(name)}`);
    return permissions;
  });
}

function isCovered(held: readonly Permission[], { type, action }: Permission): boolean {
  return held.some((has) => (has.type === "*" || has.type === type) && (has.action === "*" || has.action === action));
}

function admits(list: AllowList, entry: AllowEntry): boolean {
  return list.some((outer) => coversEntry(outer, entry));
}

/** A child may name one template where its parent has all of them by default: that narrows, as long as it can do no more with it. */
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
