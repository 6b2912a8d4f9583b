import Fastify, { type FastifyContextConfig, type FastifySchema } from "fastify";
import pino from "pino";
import { FOR_AGENTS, FOR_USERS, PUBLIC } from "../features.ts";
import type { RouteDeps } from "../route-deps.ts";
import type { App } from "./fastify-app.ts";
import type { Need } from "./needs.ts";

export type Audience = "everybody" | "users" | "agents";

export interface DescribedRoute {
  readonly method: string;
  /** As in the API document: `/api/v2/users/{user}`. */
  readonly path: string;
  readonly audience: Audience;
  readonly schema: FastifySchema;
  /** Undefined: the route does not say. */
  readonly needs: readonly Need[] | undefined;
  readonly config: FastifyContextConfig;
}

/** Routes are registered and never called, so they get nothing to work with. Limits say which routes have one. */
const UNUSED = { rateLimits: { login: 60, files: 12 } } as unknown as RouteDeps;

/** Every route, as it describes itself: the same whatever the server's configuration. HEAD, which goes with every GET, is left out. */
export async function describeRoutes(prepare: (app: App) => Promise<void> = async () => {}): Promise<readonly DescribedRoute[]> {
  const found: DescribedRoute[] = [];
  const app: App = Fastify({ loggerInstance: pino({ level: "silent" }), exposeHeadRoutes: false });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => () => "");
  await prepare(app);
  for (const [audience, routes] of [
    ["everybody", PUBLIC],
    ["users", FOR_USERS],
    ["agents", FOR_AGENTS],
  ] as const) {
    await app.register(async (scope: App) => {
      scope.addHook("onRoute", ({ method, url, schema = {}, config = {} }) => {
        const path = url.replace(/:(\w+)/g, "{$1}");
        for (const one of [method].flat()) found.push({ method: one, path, audience, schema, needs: config.needs, config });
      });
      for (const add of routes) add(scope, UNUSED);
    });
  }
  await app.ready();
  return found;
}
