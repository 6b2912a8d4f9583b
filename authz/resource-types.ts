/**
 * Every type of object in Proviso, and the actions on it. The names are part of the API (scopes, allow lists).
 * The room `authz/` is pure: no I/O, no clock, no database. It imports no other room.
 */
export const RESOURCE_ACTIONS = {
  api_key: ["create", "delete", "read", "update"],
  assign_org_role: ["assign", "create", "delete", "read", "unassign", "update"],
  assign_role: ["assign", "read", "unassign"],
  audit_log: ["create", "read"],
  debug_info: ["read"],
  deployment_config: ["read", "update"],
  deployment_stats: ["read"],
  file: ["create", "read"],
  group: ["create", "delete", "read", "update"],
  group_member: ["read"],
  organization: ["create", "delete", "read", "update"],
  organization_member: ["create", "delete", "read", "update"],
  provisioner_daemon: ["create", "delete", "read", "update"],
  provisioner_jobs: ["create", "read", "update"],
  system: ["create", "delete", "read", "update"],
  template: ["create", "delete", "read", "update", "use", "view_insights"],
  user: ["create", "delete", "read", "read_personal", "update", "update_personal"],
  workspace: [
    "application_connect",
    "create",
    "create_agent",
    "delete",
    "delete_agent",
    "read",
    "share",
    "ssh",
    "start",
    "stop",
    "update",
    "update_agent",
  ],
  workspace_dormant: [
    "application_connect",
    "create",
    "create_agent",
    "delete",
    "delete_agent",
    "read",
    "share",
    "ssh",
    "start",
    "stop",
    "update",
    "update_agent",
  ],
} as const satisfies Record<string, readonly string[]>;

export type ResourceType = keyof typeof RESOURCE_ACTIONS;
/** The actions of one type, or of any type when none is named. */
export type Action<T extends ResourceType = ResourceType> = (typeof RESOURCE_ACTIONS)[T][number];

export const RESOURCE_TYPES: readonly ResourceType[] = Object.keys(RESOURCE_ACTIONS).filter(isResourceType);

export function isResourceType(name: string): name is ResourceType {
  return Object.hasOwn(RESOURCE_ACTIONS, name);
}

export function isActionOf(type: ResourceType, action: string): action is Action {
  const actions: readonly string[] = RESOURCE_ACTIONS[type];
  return actions.includes(action);
}
