/** Roles: their names, what they permit, and who may assign them. */
import { type Static, Type } from "typebox";
import { List, Text } from "./limits.ts";
import { Uuid } from "./scalars.ts";

export const SlimRole = Type.Object({
  name: Type.String(),
  display_name: Type.String(),
  organization_id: Type.Optional(Type.String()),
});
export type SlimRole = Static<typeof SlimRole>;

export const Permission = Type.Object({
  /** Whether it forbids instead of allowing. */
  negate: Type.Boolean(),
  /** `*` means every type. */
  resource_type: Type.String(),
  /** `*` means every action of the type. */
  action: Type.String(),
});
export type Permission = Static<typeof Permission>;

export const AssignableRoles = Type.Object({
  name: Type.String(),
  organization_id: Type.Optional(Uuid),
  display_name: Type.String(),
  /** One line for people. Only in Proviso. */
  description: Type.Optional(Type.String()),
  site_permissions: Type.Array(Permission),
  user_permissions: Type.Array(Permission),
  organization_permissions: Type.Array(Permission),
  organization_member_permissions: Type.Array(Permission),
  /** Whether the caller may assign and remove it. */
  assignable: Type.Boolean(),
  built_in: Type.Boolean(),
});
export type AssignableRoles = Static<typeof AssignableRoles>;

/** The list replaces all assigned roles; it does not contain implied ones. */
export const UpdateRoles = Type.Object({ roles: Type.Optional(List(Text("name"), "names")) });
export type UpdateRoles = Static<typeof UpdateRoles>;

export const UserRoles = Type.Object({
  roles: Type.Array(Type.String()),
  /** By organization ID. */
  organization_roles: Type.Record(Type.String(), Type.Array(Type.String())),
});
export type UserRoles = Static<typeof UserRoles>;
