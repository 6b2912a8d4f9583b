import { type Action, RESOURCE_ACTIONS, type ResourceType } from "./resource-types.ts";
import { CATALOG, permissionsOfScope } from "./scope-catalog.ts";
import { pairOf } from "./vote-set.ts";

/**
 * The public scope that allows an action and as little else as possible: the action's own name if it is public, else the narrowest
 * composite or wildcard, else `coder:all`.
 *
 * @throws RangeError if the type has no such action
 */
export function smallestScope<T extends ResourceType>(type: T, action: Action<T>): string {
  const pair = pairOf(type, action);
  found[pair] ??= BY_SIZE.find(({ name }) => allows(name, type, action))?.name ?? "coder:all";
  return found[pair];
}

/** Cached by pair, because every denied request asks for it. */
const found: string[] = [];

/** Specials rank behind composites: their names say less about their purpose. */
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
