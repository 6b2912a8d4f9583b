import { MANY_OBJECTS, type Use } from "./usage-recorder.ts";

/** A key and scope's objects that have a row of their own; what it is used for beyond them is counted together. */
export const OBJECTS_TOLD_APART = 512;

/**
 * Counts the uses of objects that have no row yet, and for which there is no room, as one use of {@link MANY_OBJECTS}.
 *
 * @param uses of one scope of one key
 * @param stored the objects that have a row
 */
export function boundedUses(uses: readonly Use[], stored: readonly string[]): readonly Use[] {
  const known = new Set([...stored, "", MANY_OBJECTS]);
  let free = OBJECTS_TOLD_APART - stored.length;
  const bounded: Use[] = [];
  let many: Use | undefined;
  for (const use of uses) {
    if (use.objectId !== MANY_OBJECTS && (known.has(use.objectId) || free-- > 0)) bounded.push(use);
    else
      many = {
        ...use,
        objectId: MANY_OBJECTS,
        count: use.count + (many?.count ?? 0),
        firstUsed: many !== undefined && many.firstUsed < use.firstUsed ? many.firstUsed : use.firstUsed,
        lastUsed: many !== undefined && many.lastUsed > use.lastUsed ? many.lastUsed : use.lastUsed,
      };
  }
  return many === undefined ? bounded : [...bounded, many];
}
