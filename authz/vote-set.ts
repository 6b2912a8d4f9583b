import type { Permission, Vote } from "./permission.ts";
import { type Action, RESOURCE_ACTIONS, RESOURCE_TYPES, type ResourceType } from "./resource-types.ts";

/**
 * The votes of a list of permissions on every (type, action) pair, as bits: a bit in the first half says that a permission allows the pair,
 * a bit in the second half that one forbids it. The order and number of permissions do not matter, so lists are combined with `or`.
 */
export type VoteSet = Readonly<Uint32Array>;

const PAIRS: ReadonlyMap<string, ReadonlyMap<string, number>> = numberPairs();
const PAIR_COUNT = RESOURCE_TYPES.reduce((sum, type) => sum + RESOURCE_ACTIONS[type].length, 0);
const WORDS = Math.ceil(PAIR_COUNT / 32);

export const NO_VOTES: VoteSet = new Uint32Array(2 * WORDS);

/** @throws RangeError if the type has no such action */
export function pairOf(type: ResourceType, action: Action): number {
  const pair = PAIRS.get(type)?.get(action);
  if (pair === undefined) throw new RangeError(`${type} has no action ${action}`);
  return pair;
}

/** @param pair from {@link pairOf} */
export function voteOf(votes: VoteSet, pair: number): Vote {
  const word = pair >>> 5;
  const bit = 1 << (pair & 31);
  if (((votes[WORDS + word] ?? 0) & bit) !== 0) return -1;
  return ((votes[word] ?? 0) & bit) !== 0 ? 1 : 0;
}

/** Most lists are constants, so each is compiled only once. */
const cache = new WeakMap<readonly Permission[], VoteSet>();

export function voteSetOf(permissions: readonly Permission[]): VoteSet {
  if (permissions.length === 0) return NO_VOTES;
  const cached = cache.get(permissions);
  if (cached !== undefined) return cached;
  const votes = new Uint32Array(2 * WORDS);
  for (const { type, action, negate } of permissions) {
    const offset = negate ? WORDS : 0;
    for (const actions of type === "*" ? PAIRS.values() : [PAIRS.get(type)]) {
      for (const [named, pair] of actions ?? []) if (action === "*" || action === named) setBit(votes, offset, pair);
    }
  }
  cache.set(permissions, votes);
  return votes;
}

/** Combines the votes of all the lists. */
export function pool(sets: readonly VoteSet[]): VoteSet {
  const [only] = sets;
  if (sets.length <= 1) return only ?? NO_VOTES;
  const pooled = new Uint32Array(2 * WORDS);
  for (const set of sets) for (let word = 0; word < pooled.length; word++) pooled[word] = (pooled[word] ?? 0) | (set[word] ?? 0);
  return pooled;
}

/** Whether whatever the inner votes allow, the outer ones allow as well. */
export function allowsAllOf(outer: VoteSet, inner: VoteSet): boolean {
  for (let word = 0; word < WORDS; word++) if ((allowedIn(inner, word) & ~allowedIn(outer, word)) !== 0) return false;
  return true;
}

function allowedIn(votes: VoteSet, word: number): number {
  return (votes[word] ?? 0) & ~(votes[WORDS + word] ?? 0);
}

/** The highest vote among the sets for each pair; no votes if there are no sets. */
export function highest(sets: readonly VoteSet[]): VoteSet {
  const best = new Uint32Array(2 * WORDS);
  for (let word = 0; word < WORDS && sets.length > 0; word++) {
    let allowed = 0;
    let forbidden = 0xffffffff;
    for (const set of sets) {
      const denies = set[WORDS + word] ?? 0;
      allowed |= (set[word] ?? 0) & ~denies;
      forbidden &= denies;
    }
    best[word] = allowed;
    best[WORDS + word] = forbidden;
  }
  return best;
}

function setBit(votes: Uint32Array, offset: number, pair: number): void {
  const word = offset + (pair >>> 5);
  votes[word] = (votes[word] ?? 0) | (1 << (pair & 31));
}

function numberPairs(): ReadonlyMap<string, ReadonlyMap<string, number>> {
  let next = 0;
  return new Map(RESOURCE_TYPES.map((type) => [type, new Map(RESOURCE_ACTIONS[type].map((action) => [action, next++]))]));
}
