/** The roles of a user, the roles to choose from, and who may give them to whom. */

import { BoundedCache } from "./bounded-cache.ts";
import { runsCode } from "./code-rights.ts";
import { decide } from "./decide.ts";
import { type AuthzObject, orgRoleObject, roleObject } from "./object.ts";
import type { Permission } from "./permission.ts";
import type { Role } from "./role.ts";
import {
  DEFAULT_ROLE_SETTINGS,
  ORGANIZATION_ROLES,
  type OrganizationRoleDefinition,
  type RoleSettings,
  SYSTEM_ROLES,
  type SystemRole,
  siteRoles,
  systemRole,
  type WorkspaceSharing,
} from "./role-definitions.ts";
import type { Subject } from "./subject.ts";

/** The roles that every member of an organization gets in addition to the stored ones, unless the organization sets others. */
const DEFAULT_MEMBER_ROLES = ["organization-workspace-access"] as const;

export interface Memberships {
  /** Site roles as stored: bare names. `member` is implied. */
  readonly site: readonly string[];
  /** A service account gets a different membership role. Default: false. */
  readonly isServiceAccount?: boolean;
  readonly organizations: readonly {
    readonly organizationId: string;
    /** Organization roles as stored: bare names. `organization-member` is implied. */
    readonly roles: readonly string[];
    /** Default: `everyone`. */
    readonly sharing?: WorkspaceSharing;
    readonly defaultRoles?: readonly string[];
  }[];
}

/** Users with the same roles in the same organizations share one compiled set. The limit bounds the memory for different sets. */
const CACHED_ROLE_SETS = 1_000;
const cache = new BoundedCache<readonly Role[]>(CACHED_ROLE_SETS);

/**
 * The roles of a user, including implied ones, without duplicates. The same memberships return the same array.
 *
 * @param onUnknownRole called with each stored role that this program does not know; such a role grants nothing
 */
export function rolesOf(
  memberships: Memberships,
  onUnknownRole: (name: string) => void,
  settings: RoleSettings = DEFAULT_ROLE_SETTINGS,
): readonly Role[] {
  const key = keyOf(memberships, settings);
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const unknown: string[] = [];
  const roles = Object.freeze([...siteRolesOf(memberships, settings, unknown), ...organizationRolesOf(memberships, unknown)]);
  for (const name of unknown) onUnknownRole(name);
  if (unknown.length === 0) cache.set(key, roles);
  return roles;
}

/** Uses JSON because stored names can be any text, and two sets of memberships must never share a key. */
function keyOf({ site, isServiceAccount, organizations }: Memberships, settings: RoleSettings): string {
  return JSON.stringify([
    site,
    isServiceAccount,
    organizations.map(({ organizationId, roles, sharing, defaultRoles }) => [organizationId, roles, sharing, defaultRoles]),
    settings.ownersMayConnect,
    settings.workspaceSharing,
  ]);
}

function siteRolesOf({ site }: Memberships, settings: RoleSettings, unknown: string[]): Role[] {
  const definitions = siteRoles(settings);
  return [...new Set(["member", ...site])].flatMap((name) => {
    const definition = definitions.get(name);
    if (definition !== undefined) return { name, site: definition.site, user: definition.user, byOrganization: new Map() };
    unknown.push(name);
    return [];
  });
}

function organizationRolesOf({ organizations, isServiceAccount }: Memberships, unknown: string[]): Role[] {
  const implied: SystemRole = isServiceAccount ? "organization-service-account" : "organization-member";
  return organizations.flatMap(({ organizationId, roles, sharing, defaultRoles }) => {
    const named = [...new Set([...(defaultRoles ?? DEFAULT_MEMBER_ROLES), ...roles])].filter((name) => !isSystemRole(name));
    return [
      bound(implied, organizationId, SYSTEM_DEFINITIONS[implied][sharing ?? "everyone"]),
      ...named.flatMap((name) => {
        const definition = ORGANIZATION_ROLES.get(name);
        if (definition !== undefined) return bound(name, organizationId, definition);
        unknown.push(`${name}:${organizationId}`);
        return [];
      }),
    ];
  });
}

/** Each definition exists once, so that a thousand organizations compile to a handful of lists. */
const SYSTEM_DEFINITIONS = {
  "organization-member": definitionsOf("organization-member"),
  "organization-service-account": definitionsOf("organization-service-account"),
};

function definitionsOf(name: SystemRole): Readonly<Record<WorkspaceSharing, OrganizationRoleDefinition>> {
  return { none: systemRole(name, "none"), everyone: systemRole(name, "everyone"), service_accounts: systemRole(name, "service_accounts") };
}

function isSystemRole(name: string): boolean {
  return SYSTEM_ROLES.some((role) => role === name);
}

function bound(name: string, organizationId: string, definition: OrganizationRoleDefinition): Role {
  return { name: `${name}:${organizationId}`, site: definition.site, user: [], byOrganization: new Map([[organizationId, definition]]) };
}

export type RoleName =
  | { readonly kind: "site"; readonly name: string }
  | { readonly kind: "organization"; readonly name: string; readonly organizationId: string }
  | { readonly kind: "invalid"; readonly message: string };

/** Parses `name` or `name:<organization's UUID>`, without checking that the role exists. */
export function parseRoleName(text: string): RoleName {
  const [name = "", organizationId, ...rest] = text.split(":");
  if (name === "" || rest.length > 0)
    return { kind: "invalid", message: `invalid role name ${JSON.stringify(text)}: want <name> or <name>:<organization id>` };
  if (organizationId === undefined) return { kind: "site", name };
  if (!UUID.test(organizationId)) return { kind: "invalid", message: `invalid organization ID in role name ${JSON.stringify(text)}` };
  return { kind: "organization", name, organizationId: organizationId.toLowerCase() };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a bare name is a site role, including implied ones. */
export function isSiteRole(name: string): boolean {
  return SITE_ROLES.has(name);
}

/** Whether a bare name is an organization role, including implied ones. */
export function isOrganizationRole(name: string): boolean {
  return ORGANIZATION_ROLES.has(name) || isSystemRole(name);
}

const SITE_ROLES = siteRoles(DEFAULT_ROLE_SETTINGS);

/** The role's name for people, or the name itself if there is no other. */
export function displayNameOf(name: string): string {
  return (SITE_ROLES.get(name) ?? ORGANIZATION_ROLES.get(name))?.displayName ?? name;
}

/** The roles that user administrators may give without being organization administrators. */
const ORDINARY_IN_ORGANIZATION: readonly string[] = ["organization-member", "organization-workspace-access"];

/**
 * Whether the subject may give this role, or take it away. The subject needs the right to assign roles (within scope and boundary) and a
 * role that may give this one. False if there is no such role.
 *
 * @param organizationId the organization of an organization role; omit it for a site role
 */
export function mayAssign(subject: Subject, name: string, organizationId?: string, action: "assign" | "unassign" = "assign"): boolean {
  if (!(organizationId === undefined ? isSiteRole(name) : isOrganizationRole(name))) return false;
  const object: AuthzObject<"assign_role" | "assign_org_role"> =
    organizationId === undefined ? roleObject() : orgRoleObject(organizationId);
  return decide(subject, action, object).kind === "allowed" && handsOut(subject, name, organizationId);
}

function handsOut(subject: Subject, name: string, organizationId: string | undefined): boolean {
  const holds = (role: string): boolean => subject.roles.some((held) => held.name === role);
  if (subject.kind === "internal" || holds("owner")) return true;
  if (organizationId === undefined) return name === "member" && holds("user-admin");
  if (holds(`organization-admin:${organizationId}`)) return true;
  return ORDINARY_IN_ORGANIZATION.includes(name) && (holds("user-admin") || holds(`organization-user-admin:${organizationId}`));
}

export interface AssignableRole {
  readonly name: string;
  readonly displayName: string;
  /** One line for people, or empty. */
  readonly description: string;
  readonly organizationId: string | undefined;
  readonly site: readonly Permission[];
  readonly user: readonly Permission[];
  readonly org: readonly Permission[];
  readonly member: readonly Permission[];
  /** Whether the asking subject may give it. */
  readonly isAssignable: boolean;
}

const CODE_NOTE = "Writes templates, or makes keys for provisioner daemons, which is as good as code on the server.";

/** The roles to choose from, sorted by name: those of the site, or of one organization. Leaves out roles that everybody has anyway. */
export function assignableRoles(
  subject: Subject,
  organizationId?: string,
  settings: RoleSettings = DEFAULT_ROLE_SETTINGS,
): readonly AssignableRole[] {
  const roles =
    organizationId === undefined
      ? [...siteRoles(settings)].flatMap(([name, role]) => (name === "member" ? [] : { name, ...role, org: [], member: [] }))
      : [...ORGANIZATION_ROLES].map(([name, role]) => ({ name, ...role, user: [] }));
  return roles
    .map((role) => ({
      ...role,
      // What a member may do applies to what the member owns, and templates and daemons have no owner.
      description: runsCode([...role.site, ...role.org]) ? CODE_NOTE : "",
      organizationId,
      isAssignable: mayAssign(subject, role.name, organizationId),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
