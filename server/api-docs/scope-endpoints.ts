import { type CatalogEntry, helperPermissions, CATALOG as SCOPES } from "#authz/scope-catalog.ts";
import type { ScopeCatalog, ScopeEndpoint } from "#sdk/auth-scopes.ts";
import { type DescribedRoute, describeRoutes } from "../http/described-routes.ts";
import { ORGANIZATION_IN_PATH, OWN_ORGANIZATION_IN_PATH, type ParsedNeed, parseNeed, USER_IN_PATH } from "../http/needs.ts";
import type { Routes } from "../http/routes.ts";

/** What a route needs for the user or organization that its path names, on the way to its actual purpose. */
const IN_PATH: ReadonlySet<string> = new Set([USER_IN_PATH, ORGANIZATION_IN_PATH, OWN_ORGANIZATION_IN_PATH]);

/** Returns every public scope with the operations it serves, from the needs that the routes state. */
export async function scopeCatalog(routes: Routes): Promise<ScopeCatalog> {
  const forUsers = (await describeRoutes(routes)).filter(({ audience }) => audience === "users");
  return {
    scopes: SCOPES.map((entry) => ({
      name: entry.name,
      kind: entry.kind,
      description: entry.description,
      permissions: [...entry.permissions],
      defaults: helperPermissions(entry.name).map(({ type, action }) => `${type}:${action}`),
      endpoints: forUsers
        .flatMap((route) => endpointOf(entry, route) ?? [])
        .toSorted((a, b) => compare(a.path, b.path) || compare(a.method, b.method)),
    })),
  };
}

/** Returns undefined if the scope has nothing to do with the route. */
function endpointOf(scope: CatalogEntry, { method, path, schema, needs: texts = [] }: DescribedRoute): ScopeEndpoint | undefined {
  const allows = ({ permission }: ParsedNeed): boolean => {
    const [type = ""] = permission.split(":");
    return scope.permissions.some((held) => held === "*:*" || held === `${type}:*` || held === permission);
  };
  const needs = texts.map(parseNeed);
  // Finding the user or organization in the path is not a purpose of its own, unless the route asks for nothing else.
  const purposes = texts.filter((text) => !IN_PATH.has(text)).map(parseNeed);
  if (!(purposes.length > 0 ? purposes : needs).some(allows)) return undefined;
  const unmet = needs.filter((need) => need.refusal !== "less" && !allows(need));
  return {
    method,
    path,
    summary: schema.summary ?? "",
    also_needs: unique(unmet.flatMap(({ permission, condition }) => (condition === undefined ? permission : []))),
    sometimes_needs: unique(
      unmet.flatMap(({ permission, condition }) => (condition === undefined ? [] : `${permission}, if ${condition}`)),
    ),
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
