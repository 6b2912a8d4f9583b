import { CATALOG } from "#authz/scope-catalog.ts";

/** Writes the SDK's scope constants from the server's catalog. */
export function apiKeyScopes(): string {
  const constants = CATALOG.flatMap(({ name, description }) => [
    `  /** ${description} */`,
    `  ${constantName(name)}: ${JSON.stringify(name)},`,
  ]);
  return [
    "// Written by `npm run generate` from authz/scope-catalog.ts.",
    "",
    "/** Every scope that an API token can have. */",
    "export const APIKeyScope = {",
    ...constants,
    "} as const;",
    "export type APIKeyScope = (typeof APIKeyScope)[keyof typeof APIKeyScope];",
    "",
    "/** Sorted by name, as `GET /api/v2/auth/scopes` lists them. */",
    "export const APIKeyScopes: readonly APIKeyScope[] = Object.values(APIKeyScope);",
    "",
  ].join("\n");
}

/** Converts `workspace:read` to `WorkspaceRead`, `workspace:*` to `WorkspaceAll`, `coder:workspaces.create` to `CoderWorkspacesCreate`. */
function constantName(scope: string): string {
  return scope
    .replace("*", "all")
    .split(/[^a-z]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
