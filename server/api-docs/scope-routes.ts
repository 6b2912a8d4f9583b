import { PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { ExternalAPIKeyScopes, ScopeCatalog } from "#sdk/auth-scopes.ts";
import type { App } from "../http/fastify-app.ts";
import type { Routes } from "../http/routes.ts";

/**
 * Which scopes there are, and what they are good for: the same for everybody, so open to everybody.
 *
 * @param routes all of them, these included: asked for when somebody wants the catalog
 */
export function authScopeRoutes(app: App, { routes }: { readonly routes: () => Routes }): void {
  app.get(
    "/api/v2/auth/scopes",
    {
      schema: {
        operationId: "listScopes",
        summary: "The scopes that an API token can ask for",
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
        summary: "What each scope means, allows, and is good for",
        tags: ["Authorization"],
        response: { 200: ScopeCatalog },
      },
    },
    () => {
      // Made of all routes, this one among them: so when it is asked for, and once.
      catalog ??= import("./scope-catalog.ts").then(({ scopeCatalog }) => scopeCatalog(routes()));
      return catalog;
    },
  );
}
