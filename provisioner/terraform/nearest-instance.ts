import type { ModuleStep } from "./address.ts";
import type { ResourceInstance } from "./state.ts";

/**
 * Of several instances of one block, those that belong with an instance of another block: in the same instance of their common
 * modules, and, where both are counted, with the same key. Without such a match all stay.
 */
export function belongingTo<T extends ResourceInstance>(instance: ResourceInstance, candidates: readonly T[]): readonly T[] {
  const shared = candidates.map((candidate) => sharedModules(instance.parts.modules, candidate.parts.modules));
  const most = Math.max(0, ...shared);
  const near = candidates.filter((_, index) => shared[index] === most);
  const sameKey = near.filter((candidate) => instance.parts.key !== undefined && candidate.parts.key === instance.parts.key);
  return sameKey.length > 0 ? sameKey : near;
}

function sharedModules(left: readonly ModuleStep[], right: readonly ModuleStep[]): number {
  let count = 0;
  while (count < left.length && count < right.length && left[count]?.name === right[count]?.name && left[count]?.key === right[count]?.key)
    count++;
  return count;
}
