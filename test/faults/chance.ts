/** A repeatable source of chance. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** Whether something with this probability, in [0, 1], happens. */
  happens(probability: number): boolean;
  /** @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T;
  /** Chooses a key as often as its weight says. @throws RangeError if no weight is above 0 */
  weigh<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K;
}

/**
 * A sequence that the seed and the name determine. Each question of a run has a sequence of its own, so that a question more leaves the
 * answers to the others as they were, and an old seed goes on meaning the same run.
 */
export function chanceOf(seed: number, name: string): Chance {
  let state = mix(hash(`${seed}:${name}`));
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    happens: (probability) => next() < probability,
    pick: (list) => {
      const [chosen] = list.slice(Math.floor(next() * list.length));
      if (chosen === undefined) throw new RangeError("nothing to pick from");
      return chosen;
    },
    weigh: <K extends string>(weights: Readonly<Partial<Record<K, number>>>) => {
      const keys = Object.keys(weights) as K[];
      let left = next() * keys.reduce((sum, key) => sum + (weights[key] ?? 0), 0);
      for (const key of keys) {
        left -= weights[key] ?? 0;
        if (left < 0) return key;
      }
      throw new RangeError("nothing to choose from");
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
}

/** The finalizer of MurmurHash3: every bit of the input changes half of the output's. */
function mix(state: number): number {
  let value = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
