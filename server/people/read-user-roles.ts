import type { Context } from "../access/context.ts";
import { permitted } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { MEMBER_OBJECT, membershipsOf } from "../roles/role-rows.ts";
import { findSiteRoles, USER_OBJECT } from "./user-rows.ts";

export interface RolesOfUser {
  readonly site: readonly string[];
  readonly organizations: readonly { readonly organizationId: OrganizationId; readonly roles: readonly string[] }[];
}

/** The roles that were given to the user, without those that are implied, and only in organizations whose members the subject may see. */
export const getUserRoles = ruled("users.roles", async (context: Context, id: UserId): Promise<RolesOfUser> => {
  const { db } = context;
  const site = await findSiteRoles(db, id, permitted(context, "read_personal", "user", USER_OBJECT));
  if (site === undefined) throw new NotFoundError("user");
  const memberships = await membershipsOf(db, id, permitted(context, "read", "organization_member", MEMBER_OBJECT));
  return { site, organizations: memberships.map(({ organization_id, roles }) => ({ organizationId: organization_id, roles })) };
});
