import { ALLOW_ALL, type AllowList } from "./allow-list.ts";
import { onAllExcept, type Permission } from "./permission.ts";

/** What a credential was given. It only ever takes away from its subject's roles. */
export interface Scope {
  /** For logs and refusals; nothing is decided by them. */
  readonly names: readonly string[];
  /** Voted on for every object alike, whoever owns it. */
  readonly permissions: readonly Permission[];
  readonly allowList: AllowList;
  /** What composites need on types that the allow list does not mention: allowed on every object of the type, none negative. */
  readonly defaults: readonly Permission[];
}

export const FULL_SCOPE: Scope = {
  names: ["coder:all"],
  permissions: [{ type: "*", action: "*" }],
  allowList: ALLOW_ALL,
  defaults: [],
};

/** The values of `api_key_scope`, the first being the default. */
const AGENT_SCOPES = ["all", "no_user_data"] as const;
export type AgentScope = (typeof AGENT_SCOPES)[number];

export function isAgentScope(value: string): value is AgentScope {
  return AGENT_SCOPES.some((scope) => scope === value);
}

const NO_USER_DATA = onAllExcept("user");

/** `no_user_data`: the agent does its work, and touches nothing that is personal to the owner. */
export function agentScopePermissions(scope: AgentScope): readonly Permission[] {
  switch (scope) {
    case "all":
      return FULL_SCOPE.permissions;
    case "no_user_data":
      return NO_USER_DATA;
  }
}
