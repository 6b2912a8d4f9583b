/**
 * Values made from rows, kept only as long as nobody wrote to the tables that they were made from, in this process or another.
 *
 * @property find the value, if it was kept and still holds
 * @property load makes it, and keeps it unless something was written meanwhile; undefined is not kept
 */
export interface ExactCache<V> {
  find(key: string): V | undefined;
  load(key: string, make: () => Promise<V | undefined>): Promise<V | undefined>;
}

/** Of some kilobytes each. */
const MOST_KEPT = 2_000;

/**
 * @param stamp a number that has changed if a row may have; undefined where nothing tells that for less than the query itself: then
 *   nothing is kept
 */
export function exactCache<V>(stamp: (() => number) | undefined, mostKept = MOST_KEPT): ExactCache<V> {
  if (stamp === undefined) return { find: () => undefined, load: (_key, make) => make() };
  const kept = new Map<string, V>();
  let keptAt = Number.NaN;
  /** Drops what may be stale. */
  const look = (): number => {
    const at = stamp();
    if (at !== keptAt) {
      kept.clear();
      keptAt = at;
    }
    return at;
  };
  return {
    find: (key) => {
      look();
      return kept.get(key);
    },
    load: async (key, make) => {
      const before = look();
      const value = await make();
      // Rows may have changed before they were read or after. Only the second would matter, and nobody can tell.
      if (value === undefined || look() !== before) return value;
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, value);
      return value;
    },
  };
}
