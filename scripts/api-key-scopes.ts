import { CATALOG } from "#authz/scope-catalog.ts";

/** The SDK's scope constants, from the server's catalog. */
export function apiKeyScopes(): string {
  const constants = CATALOG.flatMap(({ name, description }) => [
    `  /** ${description} */`,
    `  ${constantName(name)}: ${JSON.stringify(name)},`,
  ]);
  return [
    "// Written by `npm run generate` from authz/scope-catalog.ts.",
    "",
    "/** Every scope that an API token can ask for. */",
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

/** `workspace:read` → `WorkspaceRead`, `workspace:*` → `WorkspaceAll`, `coder:workspaces.create` → `CoderWorkspacesCreate`. */
function constantName(scope: string): string {
  return scope
    .replace("*", "all")
    .split(/[^a-z]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
