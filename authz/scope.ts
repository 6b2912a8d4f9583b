import { ALLOW_ALL, type AllowList } from "./allow-list.ts";
import { onAllExcept, type Permission } from "./permission.ts";

/** What a credential was granted. It can only reduce what its subject's roles allow. */
export interface Scope {
  /** For logs and refusals only; no decision depends on them. */
  readonly names: readonly string[];
  /** They apply to every object in the same way, whoever owns it. */
  readonly permissions: readonly Permission[];
  readonly allowList: AllowList;
  /** What composites need on types that the allow list does not mention. Allowed on every object of the type; none is negative. */
  readonly defaults: readonly Permission[];
}

export const FULL_SCOPE: Scope = {
  names: ["coder:all"],
  permissions: [{ type: "*", action: "*" }],
  allowList: ALLOW_ALL,
  defaults: [],
};

/** The values of `api_key_scope`; the first is the default. */
const AGENT_SCOPES = ["all", "no_user_data"] as const;
export type AgentScope = (typeof AGENT_SCOPES)[number];

export function isAgentScope(value: string): value is AgentScope {
  return AGENT_SCOPES.some((scope) => scope === value);
}

const NO_USER_DATA = onAllExcept("user");

/** With `no_user_data`, the agent can do its work, but cannot access its owner's personal data. */
export function agentScopePermissions(scope: AgentScope): readonly Permission[] {
  switch (scope) {
    case "all":
      return FULL_SCOPE.permissions;
    case "no_user_data":
      return NO_USER_DATA;
  }
}
