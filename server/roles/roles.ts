import { organizationObject, orgRoleObject, roleObject } from "#authz/object.ts";
import { type AssignableRole, assignableRoles } from "#authz/roles.ts";
import type { Context } from "../access/context.ts";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";

/** The roles that there are, and which of them the subject may give. They are part of the program; nothing of them is stored. */
export interface Roles {
  ofSite(): Promise<readonly AssignableRole[]>;
  ofOrganization(id: OrganizationId): Promise<readonly AssignableRole[]>;
}

export function createRoles({ db, guard }: Context): Roles {
  return {
    ofSite: async () => {
      guard.requireOpenly("read", roleObject());
      return assignableRoles(guard.subject);
    },
    ofOrganization: async (id) => {
      const row = await db.selectFrom("organizations").select("id").where("id", "=", id).where("deleted", "=", false).executeTakeFirst();
      if (row === undefined) throw new NotFoundError("organization");
      guard.read(organizationObject(id), "organization");
      guard.requireOpenly("read", orgRoleObject(id));
      return assignableRoles(guard.subject, id);
    },
  };
}
