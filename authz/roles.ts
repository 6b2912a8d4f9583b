import { never, on, onAllExcept, type Permission } from "./permission.ts";
import { RESOURCE_ACTIONS } from "./resource-types.ts";
import type { OrganizationPermissions, Role } from "./subject.ts";

/** Who in an organization may share workspaces. */
export type WorkspaceSharing = "none" | "everyone" | "service_accounts";

/** What a dormant workspace still allows: no start, no connection. */
const DORMANT = on("workspace_dormant", "read", "delete", "create", "update", "stop", "create_agent", "delete_agent", "update_agent");
const READ_PEOPLE = [
  ...on("group", "read"),
  ...on("group_member", "read"),
  ...on("organization", "read"),
  ...on("organization_member", "read"),
];

const SITE_ROLES: ReadonlyMap<string, Role> = new Map(
  [
    siteRole("owner", [...onAllExcept("workspace", "workspace_dormant"), ...on("workspace"), ...DORMANT]),
    siteRole("member", on("assign_role", "read"), [
      ...onAllExcept("workspace", "workspace_dormant", "user", "organization_member"),
      ...on("user", "read", "read_personal", "update_personal"),
    ]),
    siteRole("auditor", [
      ...on("assign_org_role", "read"),
      ...on("audit_log", "read"),
      ...on("template", "read", "view_insights"),
      ...on("user", "read"),
      ...READ_PEOPLE,
      ...on("deployment_stats", "read"),
      ...on("deployment_config", "read"),
    ]),
    siteRole("template-admin", [
      ...on("assign_org_role", "read"),
      ...on("template"),
      ...on("file", "create", "read"),
      ...on("workspace", "read"),
      ...on("workspace_dormant", "read"),
      ...on("provisioner_daemon"),
      ...on("user", "read"),
      ...READ_PEOPLE,
    ]),
    siteRole("user-admin", [
      ...on("assign_role"),
      ...on("assign_org_role", "assign", "unassign", "read"),
      ...on("user"),
      ...on("group"),
      ...on("group_member", "read"),
      ...on("organization", "read"),
      ...on("organization_member"),
    ]),
  ].map((role) => [role.name, role]),
);

type OrganizationRole = { readonly site: readonly Permission[] } & OrganizationPermissions;

const ORGANIZATION_ROLES: ReadonlyMap<string, OrganizationRole> = new Map([
  [
    "organization-admin",
    {
      site: on("user", "read"),
      org: [
        ...onAllExcept("workspace", "workspace_dormant", "assign_role"),
        ...on("workspace", ...RESOURCE_ACTIONS.workspace.filter((action) => action !== "ssh" && action !== "application_connect")),
        ...DORMANT,
      ],
      member: [],
    },
  ],
  [
    "organization-auditor",
    { site: [], org: [...on("audit_log", "read"), ...on("template", "read", "view_insights"), ...READ_PEOPLE], member: [] },
  ],
  [
    "organization-user-admin",
    {
      site: on("user", "read"),
      org: [
        ...on("assign_org_role", "assign", "unassign", "read"),
        ...on("organization", "read"),
        ...on("organization_member"),
        ...on("group"),
        ...on("group_member", "read"),
      ],
      member: [],
    },
  ],
  [
    "organization-template-admin",
    {
      site: [],
      org: [
        ...on("template"),
        ...on("file", "create", "read"),
        ...on("workspace", "read"),
        ...on("workspace_dormant", "read"),
        ...READ_PEOPLE,
        ...on("provisioner_daemon"),
        ...on("provisioner_jobs"),
      ],
      member: [],
    },
  ],
  [
    "organization-workspace-creation-ban",
    { site: [], org: never("workspace", "create", "delete", "create_agent", "delete_agent"), member: [] },
  ],
  [
    "organization-workspace-access",
    {
      site: [],
      org: [],
      member: [...on("workspace"), ...DORMANT, ...on("file", "create", "read"), ...on("provisioner_daemon", "create", "read")],
    },
  ],
]);

/** What every member of an organization gets beside the stored roles, unless the organization says otherwise. */
const DEFAULT_MEMBER_ROLES = ["organization-workspace-access"] as const;

export interface Memberships {
  /** Site roles as stored: bare names. `member` is implied. */
  readonly site: readonly string[];
  readonly organizations: readonly {
    readonly organizationId: string;
    /** Organization roles as stored: bare names. `organization-member` is implied. */
    readonly roles: readonly string[];
    readonly sharing?: WorkspaceSharing;
    readonly defaultRoles?: readonly string[];
  }[];
}

/**
 * The roles of a user, implied ones included, each once.
 *
 * @param onUnknownRole hears of a stored role that this program does not know, which then gives nothing
 */
export function rolesOf(memberships: Memberships, onUnknownRole: (name: string) => void): Role[] {
  const site = [...new Set(["member", ...memberships.site])].flatMap((name) => {
    const role = SITE_ROLES.get(name);
    if (role === undefined) onUnknownRole(name);
    return role ?? [];
  });
  const organizations = memberships.organizations.flatMap(({ organizationId: id, roles, sharing, defaultRoles }) => {
    const named = [...new Set([...(defaultRoles ?? DEFAULT_MEMBER_ROLES), ...roles])].filter((name) => name !== "organization-member");
    return [
      bound("organization-member", id, organizationMember(sharing ?? "everyone")),
      ...named.flatMap((name) => {
        const role = ORGANIZATION_ROLES.get(name);
        if (role === undefined) onUnknownRole(`${name}:${id}`);
        return role === undefined ? [] : bound(name, id, role);
      }),
    ];
  });
  return [...site, ...organizations];
}

function organizationMember(sharing: WorkspaceSharing): OrganizationRole {
  return {
    site: [],
    org: [
      ...on("provisioner_daemon", "read"),
      ...on("organization", "read"),
      ...on("assign_org_role", "read"),
      ...(sharing === "none" ? never("workspace", "share") : on("organization_member", "read")),
      ...(sharing === "everyone" ? on("group", "read") : []),
    ],
    member: [
      ...on("organization_member", "read"),
      ...on("group_member", "read"),
      ...(sharing === "everyone" ? [] : never("workspace", "share")),
    ],
  };
}

function siteRole(name: string, site: readonly Permission[], user: readonly Permission[] = []): Role {
  return { name, site, user, byOrganization: new Map() };
}

function bound(name: string, organizationId: string, { site, org, member }: OrganizationRole): Role {
  return { name: `${name}:${organizationId}`, site, user: [], byOrganization: new Map([[organizationId, { org, member }]]) };
}
