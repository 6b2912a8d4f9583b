import { agentSubject } from "#authz/agent-subject.ts";
import { rolesOf } from "#authz/roles.ts";
import type { Origin, Subject } from "#authz/subject.ts";
import type { AuthenticatedAgent } from "./authenticate-agent-token.ts";
import { entitlementOf } from "./build-entitlement.ts";

/** Called with stored values that this program does not know and that therefore grant nothing. */
export type OnUnknownValue = (kind: "agent scope" | "build entitlement" | "role", value: string, agentId: string) => void;

/** The only function that turns an authenticated agent into its subject, for gRPC and REST alike. */
export function subjectOfAgent(
  { agent, workspace, build, entitlementKey, owner, roles, at }: AuthenticatedAgent,
  onUnknown: OnUnknownValue,
  origin?: Origin,
): Subject {
  return agentSubject(
    {
      agentId: agent.id,
      owner: { id: owner.id, roles: rolesOf(roles, (role) => onUnknown("role", role, agent.id)), groups: roles.groups },
      workspaceId: workspace.id,
      templateId: workspace.template_id,
      templateVersionId: build.template_version_id,
      apiKeyScope: agent.api_key_scope,
      entitlement: entitlementOf(build.entitlement, entitlementKey, at, (problem) => onUnknown("build entitlement", problem, agent.id)),
    },
    (scope) => onUnknown("agent scope", scope, agent.id),
    origin,
  );
}
