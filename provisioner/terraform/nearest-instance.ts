import type { ModuleStep } from "./address.ts";
import type { ResourceInstance } from "./state.ts";

/**
 * Selects the instances of one block that belong to an instance of another block: those in the same instance of their common modules and,
 * if both blocks have keys, with the same key. If no key matches, the key is ignored.
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
