/** The API's types under the names by which the SDK exports them, so that the API document has one component for each instead of copies. */
import * as agentLogs from "#sdk/agent-logs.ts";
import * as apiKeyUsage from "#sdk/api-key-usage.ts";
import * as apiKeys from "#sdk/api-keys.ts";
import * as audit from "#sdk/audit.ts";
import * as authScopes from "#sdk/auth-scopes.ts";
import * as authcheck from "#sdk/authcheck.ts";
import * as buildInfo from "#sdk/build-info.ts";
import * as externalAuth from "#sdk/external-auth.ts";
import * as files from "#sdk/files.ts";
import * as gitSshKeys from "#sdk/git-ssh-keys.ts";
import * as organizations from "#sdk/organizations.ts";
import * as provisionerDaemons from "#sdk/provisioner-daemons.ts";
import * as provisionerJobs from "#sdk/provisioner-jobs.ts";
import * as provisionerKeys from "#sdk/provisioner-keys.ts";
import * as response from "#sdk/response.ts";
import * as roles from "#sdk/roles.ts";
import * as templateVersions from "#sdk/template-versions.ts";
import * as templates from "#sdk/templates.ts";
import * as users from "#sdk/users.ts";
import * as workspaceAgents from "#sdk/workspace-agents.ts";
import * as workspaceApps from "#sdk/workspace-apps.ts";
import * as workspaceBuilds from "#sdk/workspace-builds.ts";
import * as workspaceResources from "#sdk/workspace-resources.ts";
import * as workspaces from "#sdk/workspaces.ts";

const MODULES: readonly Readonly<Record<string, unknown>>[] = [
  agentLogs,
  apiKeyUsage,
  apiKeys,
  audit,
  authScopes,
  authcheck,
  buildInfo,
  externalAuth,
  files,
  gitSshKeys,
  organizations,
  provisionerDaemons,
  provisionerJobs,
  provisionerKeys,
  response,
  roles,
  templateVersions,
  templates,
  users,
  workspaceAgents,
  workspaceApps,
  workspaceBuilds,
  workspaceResources,
  workspaces,
];

/**
 * Returns what identifies a schema: `Type.Optional` copies the outer object and shares the inner one. Schemas without an inner object (such
 * as a string with a format) are short enough to be written out everywhere.
 */
export function identityOf(schema: unknown): object | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  for (const key of ["properties", "patternProperties", "enum", "anyOf"]) {
    const inside: unknown = Object.getOwnPropertyDescriptor(schema, key)?.value;
    if (typeof inside === "object" && inside !== null) return inside;
  }
  return undefined;
}

/** @throws Error if two types have the same name */
export function namedSchemas(modules = MODULES): ReadonlyMap<object, { readonly name: string; readonly schema: object }> {
  const named = new Map<object, { readonly name: string; readonly schema: object }>();
  const names = new Set<string>();
  for (const [name, schema] of modules.flatMap((module) => Object.entries(module))) {
    const identity = identityOf(schema);
    // Another name for the same type is an alias: the first one counts.
    if (identity === undefined || named.has(identity) || typeof schema !== "object" || schema === null) continue;
    if (names.has(name)) throw new Error(`the SDK has two types with the name ${name}`);
    names.add(name);
    named.set(identity, { name, schema });
  }
  return named;
}
