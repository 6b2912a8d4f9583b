/** What each built-in role grants. The `org` and `member` lists apply only to objects that are in an organization. */
import { never, on, onAllExcept, type Permission } from "./permission.ts";
import { RESOURCE_ACTIONS } from "./resource-types.ts";

/** Who may share workspaces in an organization. */
export type WorkspaceSharing = "none" | "everyone" | "service_accounts";

/** What the operator can switch off for the whole deployment. */
export interface RoleSettings {
  /** Owners may connect to everybody's workspaces. */
  readonly ownersMayConnect: boolean;
  /** Workspaces may be shared if the organization also allows it. */
  readonly workspaceSharing: boolean;
}

export const DEFAULT_ROLE_SETTINGS: RoleSettings = { ownersMayConnect: true, workspaceSharing: true };

export interface SiteRoleDefinition {
  /** The name for people. */
  readonly displayName: string;
  readonly site: readonly Permission[];
  readonly user: readonly Permission[];
}

export interface OrganizationRoleDefinition {
  /** The name for people. Empty if the role follows from something else and is never offered as a choice. */
  readonly displayName: string;
  readonly site: readonly Permission[];
  readonly org: readonly Permission[];
  readonly member: readonly Permission[];
}

const CONNECTING: readonly string[] = ["ssh", "application_connect"];
const WORKSPACE_WITHOUT_CONNECTING = on("workspace", ...RESOURCE_ACTIONS.workspace.filter((action) => !CONNECTING.includes(action)));

/** What a dormant workspace still allows: anything but starting it or connecting to it. */
const DORMANT = on("workspace_dormant", "read", "delete", "create", "update", "stop", "create_agent", "delete_agent", "update_agent");

const READ_PEOPLE = [
  ...on("group", "read"),
  ...on("group_member", "read"),
  ...on("organization", "read"),
  ...on("organization_member", "read"),
];

const MANAGE_PEOPLE = [
  ...on("assign_org_role", "assign", "unassign", "read"),
  ...on("organization", "read"),
  ...on("organization_member"),
  ...on("group"),
  ...on("group_member", "read"),
];

const MANAGE_TEMPLATES = [
  ...on("template"),
  ...on("file", "create", "read"),
  ...on("workspace", "read"),
  ...on("workspace_dormant", "read"),
  ...on("provisioner_daemon"),
];

export function siteRoles({ ownersMayConnect, workspaceSharing }: RoleSettings): ReadonlyMap<string, SiteRoleDefinition> {
  return SITE_ROLES[`${ownersMayConnect}`][`${workspaceSharing}`];
}

/** The tables by setting, in the order of {@link siteRoles}. Each table exists once, so that it is compiled only once. */
const SITE_ROLES = {
  true: { true: siteRolesUnder(true, true), false: siteRolesUnder(true, false) },
  false: { true: siteRolesUnder(false, true), false: siteRolesUnder(false, false) },
};

function siteRolesUnder(ownersMayConnect: boolean, workspaceSharing: boolean): ReadonlyMap<string, SiteRoleDefinition> {
  return new Map<string, SiteRoleDefinition>([
    [
      "owner",
      {
        displayName: "Owner",
        site: [
          ...onAllExcept("workspace", "workspace_dormant"),
          ...(ownersMayConnect ? on("workspace") : WORKSPACE_WITHOUT_CONNECTING),
          ...DORMANT,
        ],
        user: [],
      },
    ],
    [
      "member",
      {
        displayName: "Member",
        site: [...on("assign_role", "read"), ...(workspaceSharing ? [] : never("workspace", "share"))],
        user: [
          ...onAllExcept("workspace", "workspace_dormant", "user", "organization_member"),
          ...on("user", "read", "read_personal", "update_personal"),
        ],
      },
    ],
    [
      "auditor",
      {
        displayName: "Auditor",
        site: [
          ...on("assign_org_role", "read"),
          ...on("audit_log", "read"),
          ...on("template", "read", "view_insights"),
          ...on("user", "read"),
          ...READ_PEOPLE,
          ...on("deployment_stats", "read"),
          ...on("deployment_config", "read"),
        ],
        user: [],
      },
    ],
    [
      "template-admin",
      {
        displayName: "Template Admin",
        site: [...on("assign_org_role", "read"), ...MANAGE_TEMPLATES, ...on("user", "read"), ...READ_PEOPLE],
        user: [],
      },
    ],
    [
      "user-admin",
      {
        displayName: "User Admin",
        site: [...on("assign_role"), ...on("user"), ...MANAGE_PEOPLE],
        user: [],
      },
    ],
  ]);
}

export const ORGANIZATION_ROLES: ReadonlyMap<string, OrganizationRoleDefinition> = new Map<string, OrganizationRoleDefinition>([
  [
    "organization-admin",
    {
      displayName: "Organization Admin",
      site: on("user", "read"),
      org: [...onAllExcept("workspace", "workspace_dormant", "assign_role"), ...WORKSPACE_WITHOUT_CONNECTING, ...DORMANT],
      member: [],
    },
  ],
  [
    "organization-auditor",
    {
      displayName: "Organization Auditor",
      site: [],
      org: [...on("audit_log", "read"), ...on("template", "read", "view_insights"), ...READ_PEOPLE],
      member: [],
    },
  ],
  ["organization-user-admin", { displayName: "Organization User Admin", site: on("user", "read"), org: MANAGE_PEOPLE, member: [] }],
  [
    "organization-template-admin",
    {
      displayName: "Organization Template Admin",
      site: [],
      org: [...MANAGE_TEMPLATES, ...READ_PEOPLE, ...on("provisioner_jobs")],
      member: [],
    },
  ],
  [
    "organization-workspace-creation-ban",
    {
      displayName: "Organization Workspace Creation Ban",
      site: [],
      org: never("workspace", "create", "delete", "create_agent", "delete_agent"),
      member: [],
    },
  ],
  [
    "organization-workspace-access",
    {
      displayName: "Organization Workspace Access",
      site: [],
      org: [],
      member: [...on("workspace"), ...DORMANT, ...on("file", "create", "read"), ...on("provisioner_daemon", "create", "read")],
    },
  ],
]);

/** The roles that membership in an organization implies. A service account has the second instead of the first. */
export const SYSTEM_ROLES = ["organization-member", "organization-service-account"] as const;
export type SystemRole = (typeof SYSTEM_ROLES)[number];

/**
 * Keys are in no organization, so the permissions on `api_key` here allow nothing: users get their own through the site role `member`.
 *
 * @param sharing the organization's sharing setting
 */
export function systemRole(name: SystemRole, sharing: WorkspaceSharing): OrganizationRoleDefinition {
  const isServiceAccount = name === "organization-service-account";
  const sees = { members: sharing !== "none", groups: isServiceAccount ? sharing !== "none" : sharing === "everyone" };
  return {
    displayName: "",
    site: [],
    org: [
      ...on("provisioner_daemon", "read"),
      ...on("organization", "read"),
      ...on("assign_org_role", "read"),
      ...(sees.members ? on("organization_member", "read") : []),
      ...(sees.groups ? on("group", "read") : []),
      ...(sharing === "none" ? never("workspace", "share") : []),
    ],
    member: [
      ...on("organization_member", "read"),
      ...on("group_member", "read"),
      ...on("api_key", "create", "delete", "read", "update"),
      ...(isServiceAccount || sharing === "everyone" ? [] : never("workspace", "share")),
    ],
  };
}
