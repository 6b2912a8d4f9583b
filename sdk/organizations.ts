/** Organizations. */
import { type Static, Type } from "typebox";
import { DateTime, Uuid } from "./scalars.ts";

export const Organization = Type.Object({
  id: Uuid,
  name: Type.String(),
  display_name: Type.String(),
  icon: Type.String(),
  description: Type.String(),
  created_at: DateTime,
  updated_at: DateTime,
  is_default: Type.Boolean(),
  default_org_member_roles: Type.Array(Type.String()),
});
export type Organization = Static<typeof Organization>;
