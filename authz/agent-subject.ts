import { ceilingsOfAgent, type Entitlement } from "./entitlement.ts";
import type { Role } from "./role.ts";
import { type AgentScope, agentScopePermissions, isAgentScope } from "./scope.ts";
import { createSubject, type Origin, type Subject } from "./subject.ts";

export interface AgentIdentity {
  readonly agentId: string;
  readonly owner: { readonly id: string; readonly roles: readonly Role[]; readonly groups: readonly string[] };
  readonly workspaceId: string;
  readonly templateId: string;
  readonly templateVersionId: string;
  /** The stored text, which may be unknown to this program. */
  readonly apiKeyScope: string;
  /** What its build was entitled to. */
  readonly entitlement: Entitlement;
}

/**
 * The agent's subject: its owner's rights, limited by the agent's scope, by what its build was entitled to, and to the agent's own workspace,
 * template, version and owner.
 *
 * @param onUnknownScope called with a stored scope that this program does not know; the agent then gets the narrowest, `no_user_data`
 * @throws RangeError if an id is empty: an allow-list entry without an id has no defined meaning
 */
export function agentSubject(agent: AgentIdentity, onUnknownScope: (value: string) => void, origin?: Origin): Subject {
  const scope = knownScope(agent.apiKeyScope, onUnknownScope);
  const allowList = [
    { type: "workspace", id: agent.workspaceId },
    { type: "template", id: agent.templateId },
    { type: "template", id: agent.templateVersionId },
    { type: "user", id: agent.owner.id },
  ] as const;
  for (const { type, id } of allowList) if (id === "" || id === "*") throw new RangeError(`the agent's ${type} has no id`);
  return createSubject({
    id: agent.owner.id,
    kind: "agent",
    roles: agent.owner.roles,
    groups: agent.owner.groups,
    scope: { names: [scope], permissions: agentScopePermissions(scope), allowList, defaults: [] },
    ceilings: ceilingsOfAgent(agent.entitlement),
    credential: { kind: "agent", id: agent.agentId },
    origin,
  });
}

function knownScope(value: string, onUnknown: (value: string) => void): AgentScope {
  if (isAgentScope(value)) return value;
  onUnknown(value);
  return "no_user_data";
}
