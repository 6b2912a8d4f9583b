import type { Permission } from "./permission.ts";

/** Permissions by level: `site` applies to everything, `user` to what the subject owns outside organizations, the others inside one. */
export interface Role {
  /** `name`, or `name:<organization id>`. */
  readonly name: string;
  readonly site: readonly Permission[];
  readonly user: readonly Permission[];
  /** Each entry makes the subject a member of that organization, even with empty lists. `member` applies to what the subject owns there. */
  readonly byOrganization: ReadonlyMap<string, OrganizationPermissions>;
}

export interface OrganizationPermissions {
  readonly org: readonly Permission[];
  readonly member: readonly Permission[];
}
