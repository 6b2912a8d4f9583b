/** How the routes are asked that are not for users: by method and whole path. */
import { AGENT_BINARY } from "./matrix-app.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { NO_ID } from "./recipe.ts";
import { PASSWORD } from "./scene.ts";

export interface PlainRecipe {
  /** What it is answered with. */
  readonly status: number;
  /** Where the path has parameters. */
  readonly url?: string;
  readonly query?: string;
  readonly body?: object;
  /** A password is slow to check on purpose, and some pages are large. */
  readonly isSlow?: true;
}

export const FOR_EVERYBODY: Readonly<Record<string, PlainRecipe>> = {
  "GET /api/v2/auth/scopes": { status: 200 },
  "GET /api/v2/auth/scopes/catalog": { status: 200 },
  "GET /api/v2/buildinfo": { status: 200 },
  "GET /api/v2/openapi.json": { status: 200 },
  "GET /api/v2/users/authmethods": { status: 200 },
  "GET /api/v2/users/first": { status: 200 },
  "POST /api/v2/users/first": {
    // The server has been set up.
    status: 409,
    body: { email: "fresh@example.test", username: "fresh", password: PASSWORD },
  },
  "POST /api/v2/users/login": { status: 201, body: { email: "mia@example.test", password: PASSWORD }, isSlow: true },
  "POST /api/v2/users/validate-password": { status: 200, body: { password: PASSWORD } },
  "GET /bin/{name}": { status: 200, url: `/bin/${AGENT_BINARY}` },
  "GET /docs": { status: 200 },
  "GET /docs/reference.js": { status: 200, isSlow: true },
  "GET /healthz": { status: 200 },
};

export const FOR_AGENTS: Readonly<Record<string, PlainRecipe>> = {
  "GET /api/v2/workspaceagents/me/external-auth": { status: 200, query: "?id=git" },
  "GET /api/v2/workspaceagents/me/gitauth": { status: 200, query: "?id=git" },
  "GET /api/v2/workspaceagents/me/gitsshkey": { status: 200 },
  "POST /api/v2/workspaceagents/me/log-source": { status: 201, body: { id: NO_ID } },
  "PATCH /api/v2/workspaceagents/me/logs": { status: 200, body: { logs: [{ output: "a line" }] } },
};

/** One request. @param token empty: none */
export function askPlainly(
  { app }: Pick<MatrixWorld, "app">,
  route: string,
  token: string,
  { url, query = "", body }: Partial<PlainRecipe> = {},
) {
  const [method = "", path = ""] = route.split(" ");
  return app.inject({
    method: method as "GET",
    url: (url ?? path.replace(/\{\w+\}/g, NO_ID)) + query,
    headers: token === "" ? {} : { "coder-session-token": token },
    ...(body && { payload: body }),
  });
}
