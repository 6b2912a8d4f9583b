import { PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { ExternalAPIKeyScopes, ScopeCatalog } from "#sdk/auth-scopes.ts";
import type { App } from "../http/fastify-app.ts";

/** Which scopes there are, and what they are good for: the same for everybody, so open to everybody. */
export function authScopeRoutes(app: App): void {
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
      catalog ??= import("./scope-catalog.ts").then(({ scopeCatalog }) => scopeCatalog());
      return catalog;
    },
  );
}
