/** Roles: what they are called, what they permit, and who may hand them out. */
import { type Static, Type } from "typebox";
import { Uuid } from "./scalars.ts";

export const SlimRole = Type.Object({
  name: Type.String(),
  display_name: Type.String(),
  organization_id: Type.Optional(Type.String()),
});
export type SlimRole = Static<typeof SlimRole>;

export const Permission = Type.Object({
  /** Forbids instead of allowing. */
  negate: Type.Boolean(),
  /** `*` for every type. */
  resource_type: Type.String(),
  /** `*` for every action of the type. */
  action: Type.String(),
});
export type Permission = Static<typeof Permission>;

export const AssignableRoles = Type.Object({
  name: Type.String(),
  organization_id: Type.Optional(Uuid),
  display_name: Type.String(),
  site_permissions: Type.Array(Permission),
  user_permissions: Type.Array(Permission),
  organization_permissions: Type.Array(Permission),
  organization_member_permissions: Type.Array(Permission),
  /** Whether the caller may give and take it. */
  assignable: Type.Boolean(),
  built_in: Type.Boolean(),
});
export type AssignableRoles = Static<typeof AssignableRoles>;

/** The list replaces all roles that were given; implied ones are not part of it. */
export const UpdateRoles = Type.Object({ roles: Type.Optional(Type.Array(Type.String())) });
export type UpdateRoles = Static<typeof UpdateRoles>;

export const UserRoles = Type.Object({
  roles: Type.Array(Type.String()),
  /** By organization id. */
  organization_roles: Type.Record(Type.String(), Type.Array(Type.String())),
});
export type UserRoles = Static<typeof UserRoles>;
