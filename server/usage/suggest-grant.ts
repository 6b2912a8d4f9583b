import { type AllowEntry, type AllowList, formatAllowList, normalizeAllowList, parseAllowList } from "#authz/allow-list.ts";
import { excess, type Grant } from "#authz/coverage.ts";
import { type Action, isActionOf, isResourceType, type ResourceType } from "#authz/resource-types.ts";
import { canonicalScopeName, effectiveScope } from "#authz/scope-catalog.ts";
import { smallestScopesFor, type UsedAction } from "#authz/usage-scopes.ts";
import { MANY_OBJECTS } from "./usage-recorder.ts";

export interface UsedScope {
  /** `type:action` */
  readonly scope: string;
  /** May include the empty id and {@link MANY_OBJECTS}. */
  readonly objectIds: readonly string[];
}

export interface Suggestion {
  readonly scopes: readonly string[];
  /** `type:id` */
  readonly allowList: readonly string[];
}

const NOTHING: Suggestion = { scopes: [], allowList: [] };

/**
 * Returns what a key would have needed for what it did: as few public scopes and objects as possible, and never anything that it does not
 * have. If it listed objects of a type, it keeps all entries of that type, so that the list shows the same. What the key may no longer do
 * is left out.
 */
export function suggestGrant(
  key: { readonly scopes: readonly string[]; readonly allow_list: readonly string[] },
  used: readonly UsedScope[],
): Suggestion {
  const list = parseAllowList(key.allow_list);
  if (list.kind === "invalid" || effectiveScope(key.scopes, list.allowList).kind === "unknown") return NOTHING;
  const held: Grant = { scopes: key.scopes, allowList: list.allowList };
  const needed = used.flatMap((each) => neededFor(each, held));
  if (needed.length === 0) return NOTHING;
  const smallest = smallestScopesFor(needed);
  const own = ownScopes(held, needed);
  const candidates: Grant[] = [
    smallest,
    { ...smallest, allowList: withMentionsOf(held.allowList, smallest.allowList) },
    { scopes: own, allowList: withMentionsOf(held.allowList, smallest.allowList) },
  ];
  const fits = (grant: Grant): boolean =>
    isCovered(held, grant) && needed.every((use) => entriesOf(use).every((entry) => does(grant, use, entry)));
  const { scopes, allowList } = candidates.find(fits) ?? held;
  return { scopes: scopes.map(canonicalScopeName).toSorted(), allowList: formatAllowList(allowList) };
}

function neededFor({ scope, objectIds }: UsedScope, held: Grant): UsedAction | [] {
  const [type = "", action = ""] = scope.split(":");
  // Written by a program that knew other types.
  if (!isResourceType(type) || !isActionOf(type, action)) return [];
  const use = { type, action };
  const every = does(held, use, { type, id: "*" });
  const ids = objectIds.flatMap((id): readonly (string | undefined)[] => {
    if (id === "" || id === MANY_OBJECTS) return every ? [undefined] : idsOf(held.allowList, type);
    return every || does(held, use, { type, id }) ? [id] : [];
  });
  return ids.length === 0 ? [] : { ...use, ids: [...new Set(ids)] };
}

/** Returns what the list contains for one type. */
function idsOf(list: AllowList, type: ResourceType): string[] {
  return list.filter((entry) => entry.type === type || entry.type === "*").map(({ id }) => id);
}

function does(grant: Grant, { type, action }: { readonly type: ResourceType; readonly action: Action }, entry: AllowEntry): boolean {
  return isCovered(grant, { scopes: [`${type}:${action}`], allowList: [entry] });
}

function isCovered(outer: Grant, inner: Grant): boolean {
  return excess(outer, inner).kind === "covered";
}

function entriesOf({ type, ids }: UsedAction): AllowEntry[] {
  return ids.map((id) => ({ type, id: id ?? "*" }));
}

/** If public names cannot express less than a composite does, returns the key's own scopes, without those that were not used. */
function ownScopes({ scopes, allowList }: Grant, needed: readonly UsedAction[]): string[] {
  return scopes.filter((name) => needed.some((use) => entriesOf(use).some((entry) => does({ scopes: [name], allowList }, use, entry))));
}

/**
 * A type that the key's list mentions must stay mentioned, because otherwise a composite may allow something on every object of the type.
 */
function withMentionsOf(held: AllowList, allowList: AllowList): AllowList {
  const mentioned = new Set(allowList.map(({ type }) => type));
  const missing = held.filter(({ type }) => type !== "*" && !mentioned.has(type));
  return normalizeAllowList([...allowList, ...missing]);
}
