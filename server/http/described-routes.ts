import Fastify, { type FastifyContextConfig, type FastifySchema } from "fastify";
import pino from "pino";
import type { App } from "./fastify-app.ts";
import type { Need } from "./needs.ts";
import type { Audience, Routes } from "./routes.ts";

export interface DescribedRoute {
  readonly method: string;
  /** In the form of the API document: `/api/v2/users/{user}`. */
  readonly path: string;
  readonly audience: Audience;
  readonly schema: FastifySchema;
  /** Undefined if the route does not state them. */
  readonly needs: readonly Need[] | undefined;
  readonly config: FastifyContextConfig;
}

/** Returns every route as it describes itself, whatever the server's configuration. HEAD, which goes with every GET, is left out. */
export async function describeRoutes(
  routes: Routes,
  prepare: (app: App) => Promise<void> = async () => {},
): Promise<readonly DescribedRoute[]> {
  const found: DescribedRoute[] = [];
  const app: App = Fastify({ loggerInstance: pino({ level: "silent" }), exposeHeadRoutes: false });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => () => "");
  await prepare(app);
  for (const audience of ["everybody", "users", "agents"] as const) {
    await app.register(async (scope: App) => {
      scope.addHook("onRoute", ({ method, url, schema = {}, config = {} }) => {
        const path = url.replace(/:(\w+)/g, "{$1}");
        for (const one of [method].flat()) found.push({ method: one, path, audience, schema, needs: config.needs, config });
      });
      for (const add of routes[audience]) add(scope);
    });
  }
  await app.ready();
  return found;
}
