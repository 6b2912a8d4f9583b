import { ALLOW_ALL, type AllowList } from "./allow-list.ts";
import { on, onAllExcept, type Permission } from "./permission.ts";

/** What a credential was given. It only ever takes away from its subject's roles. */
export interface Scope {
  /** For logs and refusals; nothing is decided by them. */
  readonly names: readonly string[];
  /** Voted on for every object alike, whoever owns it. */
  readonly permissions: readonly Permission[];
  readonly allowList: AllowList;
}

export const FULL_SCOPE: Scope = { names: ["coder:all"], permissions: [{ type: "*", action: "*" }], allowList: ALLOW_ALL };

/** By name, what an API key can be scoped to. A name that is missing here must refuse the key, never widen it. */
const KEY_SCOPES: ReadonlyMap<string, readonly Permission[]> = new Map([
  ["coder:all", FULL_SCOPE.permissions],
  ["coder:application_connect", on("workspace", "application_connect")],
]);

/** An older spelling of the same name is stored and shown as the newer one. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["all", "coder:all"],
  ["application_connect", "coder:application_connect"],
]);

export type ScopeExpansion =
  | { readonly kind: "known"; readonly scope: Scope }
  | { readonly kind: "unknown"; readonly names: readonly string[] };

/**
 * The effective scope of an API key: what its scopes allow together, cut down to its allow list.
 * No scope at all is unknown, not everything; one unknown name makes the whole key unknown.
 */
export function expandKeyScopes(names: readonly string[], allowList: AllowList): ScopeExpansion {
  const canonical = [...new Set(names.map((name) => ALIASES.get(name) ?? name))];
  const unknown = canonical.filter((name) => !KEY_SCOPES.has(name));
  if (unknown.length > 0 || canonical.length === 0) return { kind: "unknown", names: unknown };
  return { kind: "known", scope: { names: canonical, permissions: canonical.flatMap((name) => KEY_SCOPES.get(name) ?? []), allowList } };
}

/** The values of `api_key_scope`, the first being the default. */
const AGENT_SCOPES = ["all", "no_user_data"] as const;
export type AgentScope = (typeof AGENT_SCOPES)[number];

export function isAgentScope(value: string): value is AgentScope {
  return AGENT_SCOPES.some((scope) => scope === value);
}

/** `no_user_data`: the agent does its work, and touches nothing that is personal to the owner. */
export function agentScopePermissions(scope: AgentScope): readonly Permission[] {
  switch (scope) {
    case "all":
      return FULL_SCOPE.permissions;
    case "no_user_data":
      return onAllExcept("user");
  }
}
