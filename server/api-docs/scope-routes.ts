import { PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { ExternalAPIKeyScopes, ScopeCatalog } from "#sdk/auth-scopes.ts";
import type { App } from "../http/fastify-app.ts";
import type { Routes } from "../http/routes.ts";

/**
 * Lists the scopes, and what each is for. The answer is the same for everybody, so these routes need no credential.
 *
 * @param routes all routes, including these: called when somebody asks for the catalog
 */
export function authScopeRoutes(app: App, { routes }: { readonly routes: () => Routes }): void {
  app.get(
    "/api/v2/auth/scopes",
    {
      schema: {
        operationId: "listScopes",
        summary: "List the scopes that an API token can have",
        tags: ["Authorization"],
        response: { 200: ExternalAPIKeyScopes },
      },
    },
    () => ({ external: [...PUBLIC_SCOPES] }),
  );

  let catalog: Promise<ScopeCatalog> | undefined;
  app.get(
    "/api/v2/auth/scopes/catalog",
    {
      schema: {
        operationId: "getScopeCatalog",
        summary: "List what each scope means, what it allows, and which operations it serves",
        tags: ["Authorization"],
        response: { 200: ScopeCatalog },
      },
    },
    () => {
      // The catalog is made from all routes, including this one, so it is made once, on the first request.
      catalog ??= import("./scope-endpoints.ts").then(({ scopeCatalog }) => scopeCatalog(routes()));
      return catalog;
    },
  );
}
