/** Derives from a key's recorded usage the grant that covers it, and as little else as the public names allow. */
import { type AllowEntry, type AllowList, isCanonicalUuid, MAX_ALLOW_ENTRIES, normalizeAllowList } from "./allow-list.ts";
import { type Action, RESOURCE_ACTIONS, type ResourceType } from "./resource-types.ts";
import { CATALOG, permissionsOfScope } from "./scope-catalog.ts";
import { pairOf } from "./vote-set.ts";

export interface UsedAction {
  readonly type: ResourceType;
  readonly action: Action;
  /** Undefined or empty stands for an object without an id, as in a list or a creation. No ids at all count as one of those. */
  readonly ids: readonly (string | undefined)[];
}

export interface SuggestedGrant {
  /** Public scope names, sorted. Empty if nothing was used. */
  readonly scopes: readonly string[];
  readonly allowList: AllowList;
}

/**
 * The smallest set of public scopes that covers the usage: fewest actions granted, then fewest names. A wildcard counts as one action more
 * than its type has today. `coder:all` is suggested only if an action is in no other public scope. The list names objects by id. It has
 * `type:*` instead for a type that was used without an id or whose ids a list cannot hold, and, if there are more entries than a list may
 * have, for the types with the most ids.
 *
 * @throws RangeError if a type has no such action
 */
export function smallestScopesFor(used: readonly UsedAction[]): SuggestedGrant {
  return { scopes: scopesFor(new Set(used.map(({ type, action }) => pairOf(type, action)))), allowList: entriesFor(used) };
}

interface Candidate {
  readonly name: string;
  readonly bits: bigint;
}

/** A separate bit, after those of all pairs, stands for what a wildcard grants beyond today's actions. */
const WILDCARD_BITS = new Map(Object.keys(RESOURCE_ACTIONS).map((type, index) => [type, 1n << BigInt(1_000 + index)]));

/** Excludes the specials: one allows everything, and the other is less clear than the action's own name. */
const CANDIDATES: readonly Candidate[] = CATALOG.filter(({ kind }) => kind !== "special").map(({ name }) => ({
  name,
  bits: bitsOf(name),
}));

function bitsOf(name: string): bigint {
  return (permissionsOfScope(name) ?? []).reduce((bits, { type, action }) => {
    if (type === "*") throw new Error(`${name} allows everything and cannot be a candidate`);
    if (action !== "*") return bits | bit(pairOf(type, action));
    return RESOURCE_ACTIONS[type].reduce((all, each) => all | bit(pairOf(type, each)), bits | (WILDCARD_BITS.get(type) ?? 0n));
  }, 0n);
}

function scopesFor(pairs: ReadonlySet<number>): readonly string[] {
  const wanted = [...pairs].reduce((bits, pair) => bits | bit(pair), 0n);
  const useful = CANDIDATES.filter(({ bits }) => (bits & wanted) !== 0n);
  if ((useful.reduce((bits, candidate) => bits | candidate.bits, 0n) & wanted) ^ wanted) return ["coder:all"];
  const single = useful.filter(({ bits }) => countBits(bits) === 1);
  const broad = useful.filter(({ bits }) => countBits(bits) > 1);
  let best: { readonly names: readonly string[]; readonly granted: number } | undefined;
  // Every choice of broad scopes (at most a dozen are useful at all), each completed by exact ones.
  for (let choice = 0; choice < 2 ** broad.length; choice++) {
    const chosen = broad.filter((_, index) => (choice >>> index) & 1);
    const broadly = chosen.reduce((bits, candidate) => bits | candidate.bits, 0n);
    const exact = single.filter(({ bits }) => (bits & broadly) === 0n);
    const granted = exact.reduce((bits, candidate) => bits | candidate.bits, broadly);
    if ((granted & wanted) !== wanted) continue;
    const names = [...chosen, ...exact].map(({ name }) => name);
    const count = countBits(granted);
    if (best === undefined || count < best.granted || (count === best.granted && names.length < best.names.length))
      best = { names, granted: count };
  }
  return (best?.names ?? ["coder:all"]).toSorted();
}

function entriesFor(used: readonly UsedAction[]): AllowList {
  const idsByType = new Map<ResourceType, Set<string>>();
  for (const { type, ids } of used) {
    const known = idsByType.get(type) ?? new Set();
    idsByType.set(type, known);
    for (const id of ids.length === 0 ? [undefined] : ids) known.add(id !== undefined && isCanonicalUuid(id) ? id : "*");
  }
  for (const [type, ids] of idsByType) if (ids.has("*")) idsByType.set(type, new Set("*"));
  const total = (): number => [...idsByType.values()].reduce((sum, ids) => sum + ids.size, 0);
  while (total() > MAX_ALLOW_ENTRIES) {
    const [most] = [...idsByType].sort((a, b) => b[1].size - a[1].size);
    if (most !== undefined) idsByType.set(most[0], new Set("*"));
  }
  return normalizeAllowList([...idsByType].flatMap(([type, ids]) => [...ids].map((id): AllowEntry => ({ type, id }))));
}

function bit(pair: number): bigint {
  return 1n << BigInt(pair);
}

function countBits(bits: bigint): number {
  let count = 0;
  for (let rest = bits; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}
