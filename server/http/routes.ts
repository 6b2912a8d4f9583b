import type { App } from "./fastify-app.ts";

/** Adds some routes of a feature to an app. */
export type AddRoutes = (app: App) => void;

/** Every route, by who may come in: a route's place here is its authentication. */
export interface Routes {
  readonly everybody: readonly AddRoutes[];
  /** With a session key or an API token. */
  readonly users: readonly AddRoutes[];
  /** Agents of running workspaces, with their own token. */
  readonly agents: readonly AddRoutes[];
}

export type Audience = keyof Routes;
