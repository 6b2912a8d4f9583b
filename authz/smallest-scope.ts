import { type Action, isActionOf, RESOURCE_ACTIONS, type ResourceType } from "./resource-types.ts";
import { CATALOG, permissionsOfScope } from "./scope-catalog.ts";

/**
 * The public scope that allows an action and as little else as there is: the action's own name if it is public, else the narrowest
 * composite or wildcard, else `coder:all`.
 *
 * @throws RangeError if the type has no such action
 */
export function smallestScope<T extends ResourceType>(type: T, action: Action<T>): string {
  if (!isActionOf(type, action)) throw new RangeError(`${type} has no action ${action}`);
  return BY_SIZE.find(({ name }) => allows(name, type, action))?.name ?? "coder:all";
}

/** Specials say less about what they are for than the name of the action. */
const RANK = { low_level: 0, composite: 1, special: 2, wildcard: 3 };

const BY_SIZE = CATALOG.map(({ name, kind }) => ({ name, rank: RANK[kind], size: sizeOf(name) })).sort(
  (a, b) => a.size - b.size || a.rank - b.rank || (a.name < b.name ? -1 : 1),
);

function sizeOf(name: string): number {
  return (permissionsOfScope(name) ?? []).reduce((sum, { type, action }) => {
    if (type === "*") return Number.POSITIVE_INFINITY;
    return sum + (action === "*" ? RESOURCE_ACTIONS[type].length : 1);
  }, 0);
}

function allows(name: string, type: ResourceType, action: Action): boolean {
  return (permissionsOfScope(name) ?? []).some(
    (permission) => (permission.type === "*" || permission.type === type) && (permission.action === "*" || permission.action === action),
  );
}
