import type { Stamp } from "../database/stamp.ts";

/**
 * Values made from rows, kept only as long as nobody wrote to the tables that they were made from, in this process or another.
 *
 * @property find the value, if it was kept and still holds
 * @property findTogether the same for all who ask in one turn of the event loop, with one look at the database, taken when the last of
 *   them has asked: no later write can have been answered before
 * @property load makes it, and keeps it unless something was written meanwhile; undefined is not kept
 */
export interface ExactCache<V> {
  find(key: string): V | undefined;
  findTogether(key: string): Promise<V | undefined>;
  load(key: string, make: () => Promise<V | undefined>): Promise<V | undefined>;
}

/** Of some kilobytes each. */
const MOST_KEPT = 2_000;

/** @param stamp undefined where nothing tells of writes for less than the query itself: then nothing is kept */
export function exactCache<V>(stamp: Stamp | undefined, mostKept = MOST_KEPT): ExactCache<V> {
  if (stamp === undefined) return { find: () => undefined, findTogether: async () => undefined, load: (_key, make) => make() };
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
  let looking: Promise<number> | undefined;
  const lookTogether = (): Promise<number> => {
    looking ??= new Promise((resolve, reject) => {
      // Behind everything that has arrived in this turn.
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
      // Who was woken by the same look may have written since.
      return at === stamp.own() && at === keptAt ? kept.get(key) : undefined;
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
