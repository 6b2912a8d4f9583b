import type { Stamp } from "../database/stamp.ts";

/**
 * Caches values made from rows, and keeps them only while nobody writes to the tables that they were made from, in this process or another.
 *
 * @property find returns the value if it is cached and still valid
 * @property findTogether does the same for all callers in one turn of the event loop, with one look at the database, taken after the last
 *   of them has asked: no later write can have been answered before
 * @property load creates the value, and keeps it unless something was written in the meantime; undefined is not kept
 */
export interface ExactCache<V> {
  find(key: string): V | undefined;
  findTogether(key: string): Promise<V | undefined>;
  load(key: string, make: () => Promise<V | undefined>): Promise<V | undefined>;
}

/** Each value has a few kilobytes. */
const MOST_KEPT = 2_000;

/** @param stamp undefined if asking about writes costs as much as the query itself: then nothing is kept */
export function exactCache<V>(stamp: Stamp | undefined, mostKept = MOST_KEPT): ExactCache<V> {
  if (stamp === undefined) return { find: () => undefined, findTogether: async () => undefined, load: (_key, make) => make() };
  const kept = new Map<string, V>();
  let keptAt = Number.NaN;
  /** Drops whatever may be stale. */
  const look = (): number => {
    const at = stamp();
    if (at !== keptAt) {
      kept.clear();
      keptAt = at;
    }
    return at;
  };
  let looking: Promise<number> | undefined;
  const lookTogether = (): Promise<number> => {
    looking ??= new Promise((resolve, reject) => {
      // Runs after everything that has arrived in this turn.
      setImmediate(() => {
        looking = undefined;
        try {
          resolve(look());
        } catch (error) {
          reject(error);
        }
      });
    });
    return looking;
  };
  return {
    find: (key) => {
      look();
      return kept.get(key);
    },
    findTogether: async (key) => {
      const at = await lookTogether();
      // Somebody who was woken by the same look may have written since.
      return at === stamp.own() && at === keptAt ? kept.get(key) : undefined;
    },
    load: async (key, make) => {
      const before = look();
      const value = await make();
      // Rows may have changed before or after they were read. Only the second matters, but the two cannot be told apart.
      if (value === undefined || look() !== before) return value;
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, value);
      return value;
    },
  };
}
