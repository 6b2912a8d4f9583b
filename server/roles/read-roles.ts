/** The roles that exist, and which of them the subject may give. Roles are part of the program: none of this is stored. */
import { organizationObject, orgRoleObject, roleObject } from "#authz/object.ts";
import { type AssignableRole, assignableRoles } from "#authz/roles.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";
import { isOrganization } from "./role-rows.ts";

export const listSiteRoles = ruled("roles.ofSite", async ({ guard }: Context): Promise<readonly AssignableRole[]> => {
  guard.requireOpenly("read", roleObject());
  return assignableRoles(guard.subject);
});

export const listOrganizationRoles = ruled(
  "roles.ofOrganization",
  async ({ db, guard }: Context, id: OrganizationId): Promise<readonly AssignableRole[]> => {
    if (!(await isOrganization(db, id))) throw new NotFoundError("organization");
    guard.read(organizationObject(id), "organization");
    guard.requireOpenly("read", orgRoleObject(id));
    return assignableRoles(guard.subject, id);
  },
);
