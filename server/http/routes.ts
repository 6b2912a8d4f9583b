import type { App } from "./fastify-app.ts";

/** Adds some routes of a feature to an app. */
export type AddRoutes = (app: App) => void;

/** All routes, by who may call them: a route's place here decides its authentication. */
export interface Routes {
  readonly everybody: readonly AddRoutes[];
  /** Called with a session key or an API token. */
  readonly users: readonly AddRoutes[];
  /** Called by agents of running workspaces, with their own token. */
  readonly agents: readonly AddRoutes[];
}

export type Audience = keyof Routes;
